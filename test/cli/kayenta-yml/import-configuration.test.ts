import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { providers } from '../../../providers/index.ts';
import { type AccountKey, COMMON_KEYS, STORAGE, STORE_KEYS } from '../../../src/cli/kayenta-yml/account-keys.ts';
import { readKayentaYml } from '../../../src/cli/kayenta-yml/read-configuration.ts';
import { OTHER_KEYS } from '../../../src/cli/kayenta-yml/read-other-settings.ts';
import { writeConfiguration } from '../../../src/cli/kayenta-yml/write-configuration.ts';
import { readConfig } from '../../../src/config/config.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { runHaldane } from '../run-haldane.ts';

const EVERY_STORE = 'test/fixtures/kayenta-yml/every-store.yml';
const written = (text: string) => writeConfiguration(readKayentaYml(text, 'kayenta.yml'));
/** What Haldane starts with, when the variables are set. */
const started = (text: string, environment: Record<string, string> = {}) => {
  const { text: yaml, variables } = written(text);
  const set = Object.fromEntries(variables.map(({ name }) => [name, `value-of-${name}`]));
  return readConfig({ text: yaml, environment: { ...set, ...environment }, providers });
};
const accountsIn = (store: string, ...lines: string[]) =>
  `kayenta:\n  ${store}:\n    enabled: true\n    accounts:\n${lines.map((line) => `      ${line}\n`).join('')}`;
const prometheus = (...lines: string[]) =>
  accountsIn('prometheus', '- name: p', ...lines.map((line) => `  ${line}`), '  endpoint.baseUrl: http://prom:9090');
const told = (text: string) =>
  written(text).notTaken.map(({ path, why, asks }) => `${asks ? '! ' : ''}${path}: ${why}`);

describe('a kayenta.yml with every store', () => {
  const text = readFileSync(EVERY_STORE, 'utf8');

  it('becomes accounts that paste values as Kayenta does', () => {
    const { accounts } = started(text);
    expect(accounts.length).toBeGreaterThan(8);
    expect(accounts.filter((account) => !('escapeScopeValues' in account) || account.escapeScopeValues)).toEqual([]);
  });

  it('becomes a configuration that Haldane starts with, once its variables are set', () => {
    const { accounts, ...config } = started(text);
    expect(config).toMatchObject({
      server: { port: 8091 },
      store: { type: 'sqlite', accountNames: ['my-s3'] },
      remoteJudge: { endpoint: { baseUrl: 'http://judge.example.org' } },
      metrics: { retry: { attempts: 5, backoffPeriodMultiplierMs: 200 } },
    });
    expect(accounts).toMatchObject([
      {
        name: 'my-atlas',
        type: 'atlas',
        backendsJsonBaseUrl: 'https://atlas.example.org/backends',
        fetchId: 'kayenta',
        recommendedLocations: ['us-east-1', 'eu-west-1'],
      },
      { name: 'one-atlas', type: 'atlas', endpoint: { baseUrl: 'http://localhost:7101' } },
      { name: 'my-google', type: 'stackdriver', project: 'my-project', jsonPath: '/secrets/google.json' },
      {
        name: 'my-datadog-account',
        type: 'datadog',
        apiKey: 'value-of-MY_DATADOG_ACCOUNT_API_KEY',
        applicationKey: 'value-of-MY_DATADOG_ACCOUNT_APPLICATION_KEY',
        endpoint: { baseUrl: 'https://app.datadoghq.com' },
      },
      { name: 'my-graphite-account', type: 'graphite', endpoint: { baseUrl: 'http://localhost' } },
      {
        name: 'my-newrelic-account',
        type: 'newrelic',
        apiKey: 'value-of-MY_NEWRELIC_ACCOUNT_API_KEY',
        applicationKey: '1234567',
        defaultScopeKey: 'autoscaling_group_name',
        defaultLocationKey: 'region',
        endpoint: { baseUrl: 'https://insights-api.eu.newrelic.com' },
      },
      {
        name: 'my-prometheus-account',
        type: 'prometheus',
        username: 'reader',
        password: 'value-of-MY_PROMETHEUS_ACCOUNT_PASSWORD',
        endpoint: { baseUrl: 'http://localhost:9090' },
      },
      { name: 'guarded', bearerToken: 'value-of-GUARDED_BEARER_TOKEN' },
      { name: 'from-a-file', usernamePasswordFile: '/var/secrets/prometheus' },
      { name: 'my-influxdb', type: 'influxdb', username: 'reader', password: 'value-of-MY_INFLUXDB_PASSWORD' },
      {
        name: 'my-signalfx',
        type: 'signalfx',
        accessToken: 'value-of-MY_SIGNALFX_ACCESS_TOKEN',
        defaultScopeKey: 'server_group',
        endpoint: { baseUrl: 'https://stream.us1.signalfx.com' },
      },
      { name: 'my-wavefront', type: 'wavefront', apiToken: 'value-of-MY_WAVEFRONT_API_TOKEN' },
    ]);
  });

  it('is told of whatever is not taken, and of what needs a look', () => {
    expect(told(text)).toEqual([
      'kayenta.atlas.accounts[0].namespace: Kayenta does not send it',
      'kayenta.google.accounts[0] (my-google): Haldane keeps everything in its own store and does not read Google Cloud Storage; its objects come with `haldane import kayenta <dir|url>`',
      'kayenta.google.accounts[0].bucket: is about the bucket',
      'kayenta.google.accounts[0].bucketLocation: is about the bucket',
      'kayenta.google.accounts[0].rootFolder: is about the bucket',
      'kayenta.influxdb.accounts[0].apiKey: Kayenta does not send it',
      'kayenta.influxdb.accounts[0].applicationKey: Kayenta does not send it',
      'kayenta.aws.accounts[0] (my-s3): Haldane keeps everything in its own store and does not read S3; its objects come with `haldane import kayenta <dir|url>`',
      'kayenta.memory.accounts[0]: kayenta.memory.enabled is not true, so Kayenta does not read it',
      "! storage account 'my-google': is the name of a metrics account too: clients that pass it for storage must leave it out",
      'redis: Haldane needs no Redis',
      'kayenta.atlas.stageTimeoutMinutes: is about all accounts of the store; Haldane has no such setting',
      'kayenta.stackdriver.enabled: an account is on when it is there',
      'kayenta.prometheus.metadataCachingIntervalMS: is about all accounts of the store; Haldane has no such setting',
      'kayenta.prometheus.testControllerDefaults: is about all accounts of the store; Haldane has no such setting',
      'kayenta.metrics.retry: which failures are tried again is up to each provider',
      'kayenta.standaloneCanaryAnalysis: standalone analyses are always on here',
      'kayenta.default-archivers: every run is kept here',
      'management: is about how Kayenta is watched',
      'keiko: Haldane has a queue of its own',
      'spectator: is about how Kayenta is watched',
      'swagger: the documentation is always at /docs',
    ]);
  });

  it('gives no secret away, wherever it is written', async () => {
    for (const options of [[], ['--json']]) {
      const { code, out, err } = await runHaldane(['import', 'kayenta', '--config', EVERY_STORE, ...options]);
      expect(code).toBe(1);
      expect(`${out}${err}`).not.toContain('hunter2');
    }
  });
});

describe('settings as Spring reads them', () => {
  it.each([
    ['dashes', 'endpoint: { base-url: "http://a" }'],
    ['underscores', 'endpoint: { base_url: "http://a" }'],
    ['capitals', 'ENDPOINT: { BASEURL: "http://a" }'],
    ['dots', 'endpoint.baseUrl: http://a'],
  ])('with %s', (_, line) => {
    expect(started(accountsIn('prometheus', '- name: p', `  ${line}`)).accounts).toMatchObject([
      { endpoint: { baseUrl: 'http://a' } },
    ]);
  });

  it.each([
    [
      'a list as a map',
      'kayenta.prometheus: { enabled: true, accounts: { 0: { name: p, endpoint.baseUrl: "http://a" } } }',
    ],
    [
      'dots from the top',
      'kayenta.prometheus.enabled: true\nkayenta.prometheus.accounts[0].name: p\nkayenta.prometheus.accounts[0].endpoint.baseUrl: http://a',
    ],
    [
      'an anchor',
      'x: &e { baseUrl: "http://a" }\nkayenta: { prometheus: { enabled: true, accounts: [{ name: p, endpoint: *e }] } }',
    ],
    [
      'a merge',
      'x: &e { endpoint: { baseUrl: "http://a" } }\nkayenta: { prometheus: { enabled: true, accounts: [{ <<: *e, name: p }] } }',
    ],
    [
      'a switch that is a variable',
      'kayenta: { prometheus: { enabled: "${ON}", accounts: [{ name: p, endpoint.baseUrl: "http://a" }] } }',
    ],
  ])('%s', (_, text) => {
    expect(started(text).accounts).toMatchObject([{ name: 'p', endpoint: { baseUrl: 'http://a' } }]);
  });

  it('of several documents the later ones win, lists as a whole; those of a profile are not read, and it says so', () => {
    const text = [
      accountsIn(
        'prometheus',
        '- { name: one, endpoint.baseUrl: "http://a" }',
        '- { name: two, endpoint.baseUrl: "http://b" }',
      ),
      'server.port: 1',
      '---',
      'server.port: 2',
      accountsIn('prometheus', '- { name: three, endpoint.baseUrl: "http://c" }'),
      '---',
      'spring.config.activate.on-profile: local',
      'server.port: 3',
      '---',
      'spring: { profiles: test }',
      'server.port: 4',
    ].join('\n');
    const config = started(text);
    expect(config.server.port).toBe(2);
    expect(config.accounts.map(({ name }) => name)).toEqual(['three']);
    expect(told(text)).toEqual([
      "! document 3: it counts only with the profile 'local'; if you use it, save it as a file of its own, without that line",
      "! document 4: it counts only with the profile 'test'; if you use it, save it as a file of its own, without that line",
    ]);
  });

  it("fills in what the file says of the services, as written by Spinnaker's installer", () => {
    const text = `services.prom.baseUrl: http://prom\nglobal.spinnaker.timezone: UTC\n${accountsIn('prometheus', '- name: p', '  endpoint.baseUrl: "${services.prom.baseUrl}/api"')}`;
    expect(started(text).accounts).toMatchObject([{ endpoint: { baseUrl: 'http://prom/api' } }]);
    expect(told(text)).toEqual([
      "services: is about Spinnaker's services; placeholders that name it are filled in",
      "global: is about Spinnaker's services",
    ]);
  });

  it('says that other files are not read', () => {
    expect(told('spring: { profiles: { active: local }, config.import: other.yml }')).toEqual([
      '! spring.profiles: other files are not read: import those of the profiles you use',
      '! spring.config: other files are not read: import each of them',
    ]);
  });
});

describe('variables', () => {
  it.each([
    ['a variable', '${PROM}', { PROM: 'http://x' }, 'http://x'],
    ['a part', 'http://${HOST}:${PORT:9090}/p', { HOST: 'h' }, 'http://h:9090/p'],
    ['a default', '${PROM:http://d}', {}, 'http://d'],
    ['a property of the file', '${prom.url}', {}, 'http://from-file'],
    ['a property from elsewhere', 'http://${services.prom-host}', { SERVICES_PROM_HOST: 'h' }, 'http://h'],
    ['a variable whose default is one', '${PROM:${OTHER:http://x}}', { PROM: 'http://y' }, 'http://y'],
  ])('%s in an address', (_, url, environment, expected) => {
    const text = `prom.url: http://from-file\n${accountsIn('prometheus', '- name: p', `  endpoint.baseUrl: "${url}"`)}`;
    expect(started(text, environment).accounts).toMatchObject([{ endpoint: { baseUrl: expected } }]);
  });

  it.each([
    ['in clear', 'hunter2', 'P_PASSWORD'],
    ['a number', '12345', 'P_PASSWORD'],
    ['a variable', '${PROM_PW}', 'PROM_PW'],
    ['a variable with the secret as default', '${PROM_PW:hunter2}', 'PROM_PW'],
    ['a property of the file', '${prom.pw}', 'P_PASSWORD'],
    ['a property from elsewhere', '${vault.prom.pw}', 'VAULT_PROM_PW'],
    ['beside other text', 'x${PROM_PW}y', 'P_PASSWORD'],
    ['of a secret store', 'encrypted:s3!k:hunter2', 'P_PASSWORD'],
  ])('a secret %s', (_, secret, variable) => {
    const text = `prom.pw: hunter2\n${prometheus('username: u', `password: "${secret}"`)}`;
    const { text: yaml, variables } = written(text);
    expect(variables.map(({ name }) => name)).toEqual([variable]);
    expect(yaml).toContain(`password: "\${${variable}}"`);
    expect(yaml).not.toMatch(/hunter2|12345/);
  });

  it('of two accounts whose names differ only in their signs are two', () => {
    const text = accountsIn(
      'wavefront',
      '- { name: a-b, apiToken: x1, endpoint.baseUrl: "http://a" }',
      '- { name: a.b, apiToken: x2, endpoint.baseUrl: "http://b" }',
    );
    expect(written(text).variables.map(({ name }) => name)).toEqual(['A_B_API_TOKEN', 'A_B_API_TOKEN_2']);
  });
});

describe('addresses that hold more', () => {
  it('user and password get fields of their own where the store has them', () => {
    const text = accountsIn('graphite', '- name: g', '  endpoint.baseUrl: https://me%40x:hunter2@graphite/render');
    expect(started(text).accounts).toMatchObject([
      { username: 'me@x', password: 'value-of-G_PASSWORD', endpoint: { baseUrl: 'https://graphite/render' } },
    ]);
    expect(written(text).text).not.toContain('hunter2');
  });

  it.each([
    ['wavefront', 'apiToken: t', 'https://me:hunter2@w', 'user and password'],
    ['prometheus', 'username: u', 'http://p/?api_key=hunter2', 'everything from ? or # on'],
  ])('of %s they are left out, and told', (store, line, url, lost) => {
    const text = accountsIn(store, '- name: a', `  ${line}`, `  endpoint.baseUrl: ${url}`);
    expect(started(text).accounts).toHaveLength(1);
    expect(told(text)).toEqual([
      `! kayenta.${store}.accounts[0].endpoint.baseUrl: the address is taken without ${lost}, which Haldane refuses there`,
    ]);
    expect(written(text).text).not.toContain('hunter2');
  });

  it('a password in the default of a variable is not written', () => {
    const text = accountsIn('prometheus', '- name: p', '  endpoint.baseUrl: "${PROM:http://u:hunter2@p}"');
    expect(written(text).text).not.toContain('hunter2');
    expect(written(text).accounts).toEqual([]);
    expect(told(text)[0]).toMatch(/^! .*endpoint.baseUrl: /);
  });
});

describe('what cannot be taken', () => {
  it.each([
    [
      'an unknown key',
      prometheus('sslVerify: false'),
      /^! kayenta.prometheus.accounts\[0\].sslVerify: Haldane has no such key/,
    ],
    [
      'a store that is off',
      prometheus().replace('enabled: true', 'enabled: false'),
      /kayenta.prometheus.enabled is not true/,
    ],
    [
      'a store whose switch is missing',
      prometheus().replace('enabled: true', 'x: 1'),
      /kayenta.prometheus.enabled is not true/,
    ],
    [
      'Google without Cloud Monitoring',
      accountsIn('google', '- { name: g, project: p, supportedTypes: [METRICS_STORE] }'),
      /kayenta.stackdriver.enabled is not true/,
    ],
    [
      'an account without a name',
      accountsIn('prometheus', '- endpoint.baseUrl: http://a'),
      /^! kayenta.prometheus.accounts\[0\]: the account has no name/,
    ],
    [
      'an account without an address',
      accountsIn('prometheus', '- name: p'),
      /^! account 'p': Haldane refuses it: endpoint/,
    ],
    [
      'a wrong address',
      accountsIn('graphite', '- { name: g, endpoint.baseUrl: "graphite:80" }'),
      /^! account 'g': Haldane refuses it: endpoint.baseUrl: write a URL/,
    ],
    [
      'a name used twice',
      accountsIn(
        'graphite',
        '- { name: g, endpoint.baseUrl: "http://a" }',
        '- { name: g, endpoint.baseUrl: "http://b" }',
      ),
      /^! account 'g': Haldane refuses it: the name is used twice/,
    ],
    [
      'a key file inside Kayenta',
      accountsIn(
        'google',
        '- { name: g, project: p, jsonPath: "classpath:g.json", supportedTypes: METRICS_STORE }',
      ).concat('  stackdriver.enabled: true\n'),
      /^! kayenta.google.accounts\[0\].jsonPath: it names a file inside Kayenta/,
    ],
    [
      'a store Kayenta does not have',
      accountsIn('opentsdb', '- { name: o, supportedTypes: [METRICS_STORE] }'),
      /^! kayenta.opentsdb.accounts\[0\]: 'opentsdb' is no metrics store of Kayenta/,
    ],
    [
      'an expression of Spring',
      prometheus('username: "#{systemProperties.user}"'),
      /^! .*username: it holds an expression of Spring/,
    ],
    [
      'a file in a secret store',
      prometheus('usernamePasswordFile: encryptedFile:s3!k:x'),
      /^! .*usernamePasswordFile: it names a secret store/,
    ],
    ['a setting nobody knows', 'kayenta.fancy: { new: 1 }', /^! kayenta.fancy.new: Haldane has no such setting/],
    ['a setting outside of Kayenta', 'fancy: 1', /^! fancy: Haldane has no such setting/],
    ['TLS of the server', 'server.ssl.keyStorePassword: hunter2', /^! server.ssl: Haldane speaks plain HTTP/],
    ['a port that is none', 'server.port: -1', /^! server.port: Haldane refuses it/],
    [
      'a remote judge that is off',
      'kayenta.remoteJudge: { enabled: false, endpoint.baseUrl: "http://a" }',
      /^kayenta.remoteJudge: kayenta.remoteJudge.enabled is not true/,
    ],
  ])('%s is told', (_, text, expected) => {
    const all = told(text);
    expect(
      all.some((line) => expected.test(line)),
      all.join('\n'),
    ).toBe(true);
    expect(written(text).text).not.toContain('hunter2');
    started(text);
  });

  it.each(Object.keys(STORAGE))('storage in %s is told, and its name kept', (store) => {
    const text = accountsIn(store, '- { name: my-store, supportedTypes: [OBJECT_STORE] }');
    expect(started(text).store.accountNames).toEqual(['my-store']);
    expect(told(text)[0]).toMatch(
      /^kayenta\.\w+\.accounts\[0\] \(my-store\): Haldane keeps everything in its own store/,
    );
  });
});

describe('haldane import kayenta --config', () => {
  const file = (text: string) => {
    const path = join(temporaryDirectory(), 'kayenta.yml');
    writeFileSync(path, text);
    return path;
  };
  const run = (...args: string[]) => runHaldane(['import', 'kayenta', ...args]);

  it('prints the configuration, and to standard error what to do', async () => {
    const { code, out, err } = await run('--config', file(prometheus('username: u', 'password: hunter2')));
    expect(code).toBe(0);
    expect(readConfig({ text: out, environment: { P_PASSWORD: 'x' }, providers }).accounts).toHaveLength(1);
    expect(out).toContain("# Set P_PASSWORD: password of account 'p'.");
    expect(err).toMatch(/^1 metrics account: p\n[\s\S]*P_PASSWORD +password of account 'p'\n$/);
  });

  it('ends with 1 when no account could be taken', async () => {
    const { code, err } = await run('--config', file('server.port: 1'));
    expect(code).toBe(1);
    expect(err).toContain('No metrics account of ');
  });

  it('never quotes a file that is not YAML', async () => {
    const { code, err } = await run('--config', file('kayenta:\n  a: "hunter2\n b: {'));
    expect(code).toBe(3);
    expect(err).toMatch(/kayenta\.yml is not YAML: line \d+, column \d+: [A-Z_]+\n$/);
    expect((await run('--config', file('a: *hunter2'))).err).not.toContain('hunter2');
  });

  it('is refused together with objects, and needed without', async () => {
    const path = file('');
    expect((await run('http://kayenta:8090', '--config', path, '--replace')).err).toContain(
      'goes without <dir|url>, --replace',
    );
    expect(await run()).toMatchObject({ code: 64, err: expect.stringContaining('needs <dir|url>, or --config') });
    expect((await run('--config', join(path, 'none'))).code).toBe(3);
    expect((await run(path)).err).toContain('it is a file: --config reads a kayenta.yml');
  });

  it('foreign text cannot leave its comment', () => {
    const { text } = written('"a\\nserver": { x: 1 }');
    expect(text).not.toMatch(/^server/m);
  });
});

it('the table of keys in the manual is that of the program', () => {
  const manual = readFileSync('src/cli/README.md', 'utf8');
  const lines = Object.entries(STORE_KEYS).map(([store, { title, type, keys }]) => {
    const taken = Object.entries(keys).flatMap(([theirs, key]) => ('ours' in key ? [shown(theirs, key)] : []));
    const left = Object.entries(keys).flatMap(([theirs, key]) => ('ours' in key ? [] : [`\`${theirs}\``]));
    return `| ${title} | \`kayenta.${store}\` | \`${type}\` | ${taken.join(', ')} | ${left.join(', ')} |`;
  });
  const common = Object.entries(COMMON_KEYS).map(([theirs, key]) =>
    'ours' in key ? `\`${theirs}\`` : `(\`${theirs}\`)`,
  );
  lines.push(`| every store | | | ${common.join(', ')} | |`);
  for (const [theirs, ours] of Object.entries(OTHER_KEYS)) lines.push(`| \`${theirs}\` | \`${ours}\` |`);
  expect(lines.filter((line) => !manual.includes(`${line.replaceAll(/ {2,}/g, ' ')}\n`))).toEqual([]);
});

function shown(theirs: string, key: AccountKey): string {
  const ours = 'ours' in key ? key.ours : '';
  const name = theirs === ours ? `\`${theirs}\`` : `\`${theirs}\` as \`${ours}\``;
  return 'secret' in key ? `**${name}**` : name;
}
