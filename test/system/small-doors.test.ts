import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ServiceProcess, startService } from '../support/http/service-process.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

// Small ways in, each tried on a real process.

const ODD = 'pay\u0000\u202elap';
const folder = temporaryDirectory();
let service: ServiceProcess;
beforeAll(async () => {
  const endpoint = { baseUrl: 'http://127.0.0.1:9/v2/' };
  const config = { dataDir: join(folder, 'data'), accounts: [{ name: 'web', type: 'web', endpoint }] };
  writeFileSync(join(folder, 'haldane.yml'), JSON.stringify(config));
  const before = process.umask(0);
  try {
    service = await startService({ HALDANE_CONFIG: join(folder, 'haldane.yml'), HALDANE_PORT: '0' });
  } finally {
    process.umask(before);
  }
});
afterAll(() => service.stop());

const scope = { scope: ODD, start: '2026-01-01T00:00:00Z', end: '2026-01-01T00:10:00Z', step: 60 };
const bodyOf = (query: object, groupWeights: object = { g: 100 }) => ({
  canaryConfig: {
    ...{ name: ODD, judge: { name: 'WelchTJudge-v1.0' }, classifier: { groupWeights } },
    metrics: [{ name: ODD, query, groups: ['g'], scopeName: 'default' }],
  },
  executionRequest: {
    scopes: { default: { controlScope: scope, experimentScope: scope } },
    thresholds: { pass: 95, marginal: 75 },
  },
});
const inline = { type: 'inline', control: [5, 6, 5, 6], experiment: [5, 6, 5, 6] };
async function post(path: string, body: string) {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(service.baseUrl + path, { method: 'POST', headers, body });
  return { status: answer.status, body: (await answer.json()) as Record<string, string> };
}

describe('a process', () => {
  it('keeps its database to its owner, even where new files are for everybody', () => {
    const files = readdirSync(join(folder, 'data'));
    expect(files).toContain('haldane.sqlite');
    const modes = files.map((name) => [name, (statSync(join(folder, 'data', name)).mode & 0o777).toString(8)]);
    expect(modes.filter(([, mode]) => mode !== '600')).toEqual([]);
  });

  it('refuses the weight of a group called __proto__, and lives on', async () => {
    const sent = JSON.stringify(bodyOf(inline, { LOST: 100 })).replace('LOST', '__proto__');
    const { status, body } = await post('/canary', sent);
    expect([status, body.message]).toEqual([400, expect.stringContaining('groupWeights.__proto__: nothing can be')]);
    expect((await fetch(`${service.baseUrl}/health`)).status).toBe(200);
  });

  it('sends nothing to a path that climbs in disguise', async () => {
    const { status, body } = await post('/canary', JSON.stringify(bodyOf({ type: 'web', url: 'a/..%2F..%2Fadmin' })));
    expect([status, body.message]).toEqual([400, expect.stringContaining("contains '..' in disguise")]);
  });

  it('shows NUL and overrides of direction as what they are', async () => {
    const { body } = await post('/canary?wait=30s&application=shop', JSON.stringify(bodyOf(inline)));
    for (const path of ['/', `/reports/${body.pipelineId}`, `/reports/${body.pipelineId}.md`]) {
      const page = await (await fetch(service.baseUrl + path, { headers: { accept: 'text/html' } })).text();
      expect(page).toContain('pay\ufffd\ufffdlap');
      expect([page.includes('\u0000'), page.includes('\u202e')]).toEqual([false, false]);
    }
  });

  it('gives the page of the API a content security policy like every other', async () => {
    const policies = await Promise.all(
      ['/docs', '/'].map(async (path) => (await fetch(service.baseUrl + path)).headers.get('content-security-policy')),
    );
    expect(policies[0]).toMatch(/^default-src 'none'/);
    expect(new Set(policies).size).toBe(1);
  });
});
