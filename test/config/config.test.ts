import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { providers } from '../../providers/index.ts';
import { readConfig } from '../../src/config/config.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const FOLDER = 'test/fixtures/config';
const ENVIRONMENT = { PROM_PASSWORD: 'hunter2-secret', PROM_PORT: '9999' };
const read = (text: string, environment: Record<string, string> = ENVIRONMENT) =>
  readConfig({ text, fileName: 'haldane.yml', environment, providers });
const fixtures = (ending: string) => readdirSync(FOLDER).filter((name) => name.endsWith(ending));
const messageOf = (text: string) => {
  try {
    read(text);
  } catch (error) {
    return (error as Error).message;
  }
  return 'accepted';
};

describe('the configuration', () => {
  it('has defaults for everything', () => {
    expect(read('', {})).toMatchObject({
      server: { host: '127.0.0.1', port: 8090 },
      store: { type: 'sqlite', accountNames: ['haldane'] },
      dataDir: './data',
      metrics: { retry: { attempts: 10, backoffPeriodMultiplierMs: 1000 } },
      accounts: [],
    });
  });

  it.each([
    ['https://haldane.example.com', 'https://haldane.example.com'],
    ['https://Haldane.example.com/', 'https://haldane.example.com'],
    ['http://10.0.0.7:8090', 'http://10.0.0.7:8090'],
  ])('takes %s as the public address', (publicUrl, read_) => {
    expect(read(`server: { publicUrl: "${publicUrl}" }`).server.publicUrl).toBe(read_);
  });

  it.each([
    'haldane.example.com',
    'ftp://haldane.example.com',
    'https://haldane.example.com/path',
    'https://haldane.example.com?a=b',
    'https://user:secret@haldane.example.com',
    'javascript:alert(1)',
    '',
  ])('refuses %j as the public address, with what to write', (publicUrl) => {
    const message = messageOf(`server: { publicUrl: "${publicUrl}" }`);
    expect(message).toMatch(/server\.publicUrl.*must be scheme and host, such as https:\/\/haldane\.example\.com/s);
    expect(message).not.toContain('secret');
  });

  it('takes host, port, data folder and log level from the environment before the file', () => {
    const environment = {
      HALDANE_HOST: '0.0.0.0',
      HALDANE_PORT: '1234',
      HALDANE_DATA_DIR: '/tmp/x',
      HALDANE_LOG_LEVEL: 'debug',
    };
    expect(read('server: { port: 1 }\nlog: { level: info }', environment)).toMatchObject({
      server: { host: '0.0.0.0', port: 1234 },
      dataDir: '/tmp/x',
      log: { level: 'debug' },
    });
  });

  it('fills variables in, as numbers where unquoted and as text in quotes', () => {
    const account =
      '{ name: p, type: prometheus, username: "${NAME:u}", password: "${PROM_PASSWORD}", endpoint: { baseUrl: "http://127.0.0.1:${PROM_PORT}" } }';
    const config = read(`server: { port: ${'${PORT:8123}'} }\naccounts: [${account}]`);
    expect(config.server.port).toBe(8123);
    expect(config.accounts[0]).toMatchObject({
      username: 'u',
      password: 'hunter2-secret',
      endpoint: { baseUrl: 'http://127.0.0.1:9999' },
    });
  });

  it('fills the content of files in, as text without the last line end, and in parts of values', () => {
    const file = join(temporaryDirectory(), 'secret');
    writeFileSync(file, '0123\r\n');
    const account = `{ name: p, type: prometheus, username: u, password: \${file:${file}}, endpoint: { baseUrl: "http://p" } }`;
    const url = `postgres://haldane:\${file:${file}}@db/haldane`;
    const config = read(`store: { type: postgres, url: "${url}" }\naccounts: [${account}]`);
    expect(config.accounts[0]).toMatchObject({ password: '0123' });
    expect(config.store).toMatchObject({ url: 'postgres://haldane:0123@db/haldane' });
    expect(config.accountTexts.p).toContain(`\${file:${file}}`);
  });

  it.each([
    ['empty', '\n', /password: the file '.*secret' is empty/],
    ['no secret but something large', 'hunter2-secret'.repeat(6000), /has more than 65536 bytes/],
  ])('refuses a secret file that is %s', (_, content, expected) => {
    const file = join(temporaryDirectory(), 'secret');
    writeFileSync(file, content);
    const text = `accounts: [{ name: p, type: prometheus, password: "\${file:${file}}", endpoint: { baseUrl: "http://p" } }]`;
    expect(messageOf(text)).toMatch(expected);
    expect(messageOf(text)).not.toContain('hunter2');
  });

  it.each(fixtures('.good.yml'))('accepts %s', (name) => {
    expect(messageOf(readFileSync(`${FOLDER}/${name}`, 'utf8'))).toBe('accepted');
  });

  it.each(fixtures('.bad.yml'))('refuses %s, saying what its first line expects and no secret', (name) => {
    const text = readFileSync(`${FOLDER}/${name}`, 'utf8');
    const expected = /^# (.*)$/m.exec(text)?.[1] ?? 'no expectation';
    const message = messageOf(text);
    expect(message).toContain(expected);
    expect(message).not.toContain('hunter2-secret');
  });
});
