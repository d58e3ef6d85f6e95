import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import packageJson from '../../package.json' with { type: 'json' };
import { providers } from '../../providers/index.ts';
import { refuseOpenUnsaid } from '../../src/config/auth.ts';
import { readConfig } from '../../src/config/config.ts';
import { buildHelm, hasHelm, headingOf, MANIFESTS, manifestOf, type Rendered, renderChart } from '../support/helm.ts';
import { startService } from '../support/http/service-process.ts';
import { findProgram, LIBRARY_PATH } from '../support/servers/prometheus-server.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

/** The first build compiles Kubernetes' client. */
const BUILD_MILLIS = 15 * 60_000;
const canRender = hasHelm();
if (!canRender) console.warn('skipped: no go, or no modules; test/tools/install-contract-tools.sh gets them');

type Json = Record<string, unknown>;

/** The objects by kind. */
function kindsOf({ objects = {}, error, problems = [] }: Rendered): Record<string, Json> {
  expect([error, problems]).toEqual([undefined, []]);
  const all = Object.values(objects).flatMap((text) => parseAllDocuments(text).map((one) => one.toJS() as Json));
  return Object.fromEntries(all.filter(Boolean).map((object) => [object.kind, object]));
}

const at = (object: unknown, ...path: (string | number)[]) =>
  path.reduce<unknown>((value, key) => (value as Record<string | number, unknown> | undefined)?.[key], object);
const container = (kinds: Record<string, Json>) =>
  at(kinds.Deployment, 'spec', 'template', 'spec', 'containers', 0) as Json;

/** `haldane.yml` of the rendered chart; each secret is a file below `folder`. */
function configurationOf(kinds: Record<string, Json>, folder: string): string {
  const text = String(at(kinds.ConfigMap, 'data', 'haldane.yml'));
  return text.replaceAll(/\$\{file:(\/run\/secrets\/[^}]+)\}/g, (_, path: string) => {
    const file = join(folder, path);
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(file, path.endsWith('-url') ? 'postgres://haldane:p@db:5432/haldane' : 's'.repeat(40));
    return `\${file:${file}}`;
  });
}

describe.skipIf(!canRender)('the Helm chart', () => {
  beforeAll(buildHelm, BUILD_MILLIS);
  const postgres = { store: { type: 'postgres' } };
  const valuesOf = (file: string) => parse(readFileSync(file, 'utf8')) as Json;

  it.each(Object.entries(MANIFESTS))('renders to what is in %s, which Kubernetes takes', async (file, values) => {
    const rendered = await renderChart(valuesOf(values));
    kindsOf(rendered);
    expect(readFileSync(file, 'utf8')).toBe(manifestOf(rendered, headingOf(values)));
  });

  it.each(Object.values(MANIFESTS))('has a configuration with which Haldane is not open: %s', async (values) => {
    const kinds = kindsOf(await renderChart(valuesOf(values)));
    const config = readConfig({ text: configurationOf(kinds, temporaryDirectory()), environment: {}, providers });
    expect(config.server).toMatchObject({ host: '0.0.0.0', port: 8090 });
    expect(config.auth.adminToken).toHaveLength(40);
    expect(() => refuseOpenUnsaid(config)).not.toThrow();
    expect(config.accounts).toHaveLength(1);
  });

  it('has a configuration with which Haldane starts, and answers its probes', async () => {
    const kinds = kindsOf(await renderChart({}));
    const folder = temporaryDirectory();
    const text = configurationOf(kinds, folder).replace('dataDir: /data', `dataDir: ${folder}`);
    writeFileSync(join(folder, 'haldane.yml'), text);
    const environment = { HALDANE_CONFIG: join(folder, 'haldane.yml'), HALDANE_PORT: '0', HALDANE_HOST: '127.0.0.1' };
    const service = await startService(environment);
    for (const probe of ['startupProbe', 'readinessProbe', 'livenessProbe']) {
      const path = at(container(kinds), probe, 'httpGet', 'path');
      expect([path, (await fetch(`${service.baseUrl}${path}`)).status]).toEqual([path, 200]);
    }
    expect((await fetch(`${service.baseUrl}/tokens`)).status).toBe(401);
    expect(await service.stop()).toBe(0);
  });

  it('runs as nobody who can do anything, on a root that cannot be written', async () => {
    for (const values of Object.values(MANIFESTS)) {
      const kinds = kindsOf(await renderChart(valuesOf(values)));
      const pod = at(kinds.Deployment, 'spec', 'template', 'spec');
      expect(pod).toMatchObject({
        automountServiceAccountToken: false,
        securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
      });
      expect(container(kinds).securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
      const mounts = container(kinds).volumeMounts as { mountPath: string; readOnly?: boolean }[];
      const writable = mounts.filter(({ readOnly }) => readOnly !== true).map(({ mountPath }) => mountPath);
      expect(writable).toEqual(['/data', '/tmp']);
    }
  });

  it('has one replica with a volume on SQLite, and several that are spread and kept on PostgreSQL', async () => {
    const one = kindsOf(await renderChart({}));
    expect(Object.keys(one).toSorted()).toEqual([
      'ConfigMap',
      'Deployment',
      'NetworkPolicy',
      'PersistentVolumeClaim',
      'Service',
      'ServiceAccount',
    ]);
    expect(at(one.Deployment, 'spec', 'strategy', 'type')).toBe('Recreate');
    const several = kindsOf(await renderChart({ ...postgres, replicas: 3 }));
    expect(at(several.Deployment, 'spec', 'replicas')).toBe(3);
    expect(at(several.PodDisruptionBudget, 'spec', 'maxUnavailable')).toBe(1);
    expect(several.PersistentVolumeClaim).toBeUndefined();
    expect(at(several.Deployment, 'spec', 'template', 'spec', 'topologySpreadConstraints', 0)).toMatchObject({
      topologyKey: 'kubernetes.io/hostname',
    });
  });

  it('tells Prometheus where the metrics are, and with which token', async () => {
    const { ServiceMonitor } = kindsOf(await renderChart({ serviceMonitor: { enabled: true } }));
    expect(at(ServiceMonitor, 'spec', 'endpoints')).toEqual([
      {
        ...{ port: 'http', path: '/metrics', interval: '30s' },
        authorization: { credentials: { name: 'haldane', key: 'metrics-token' } },
      },
    ]);
  });

  it('takes every value that it has, and starts new pods for another configuration', async () => {
    const all = {
      ...postgres,
      image: { digest: `sha256:${'0'.repeat(64)}` },
      imagePullSecrets: [{ name: 'pull' }],
      secrets: ['a.b', 'haldane'],
      service: { type: 'NodePort', port: 8443, annotations: { a: 'b' } },
      networkPolicy: { from: [{ namespaceSelector: {} }], egress: [{ to: [{ podSelector: {} }] }] },
      config: { server: { tls: { certFile: '/run/secrets/a.b/tls.crt', keyFile: '/run/secrets/a.b/tls.key' } } },
      serviceMonitor: { enabled: true, labels: { release: 'x' }, token: { secret: { name: '', key: 'x' } } },
      serviceAccount: { annotations: { a: 'b' } },
      extraEnv: [{ name: 'HTTPS_PROXY', value: 'http://proxy' }],
      ...{ podAnnotations: { a: 'b' }, podLabels: { c: 'd' }, nodeSelector: { e: 'f' } },
      ...{ tolerations: [{ operator: 'Exists' }], affinity: { nodeAffinity: {} }, autoscaling: { enabled: true } },
      topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule' }],
    };
    const kinds = kindsOf(await renderChart(all));
    expect(container(kinds).image).toBe(`haldane@sha256:${'0'.repeat(64)}`);
    expect(at(container(kinds), 'readinessProbe', 'httpGet', 'scheme')).toBe('HTTPS');
    const volumes = at(kinds.Deployment, 'spec', 'template', 'spec', 'volumes') as { name: string }[];
    expect(volumes.map(({ name }) => name)).toEqual(['config', 'data', 'tmp', 'secret-a-b', 'secret-haldane']);
    const checksum = (one: Record<string, Json>) =>
      at(one.Deployment, 'spec', 'template', 'metadata', 'annotations', 'checksum/config');
    const other = kindsOf(await renderChart({ ...all, config: {} }));
    expect(checksum(other)).not.toBe(checksum(kinds));
  });

  it.each([
    [{ replicas: 2 }, /SQLite is for one replica: set store\.type to postgres/],
    [{ autoscaling: { enabled: true } }, /SQLite is for one replica/],
    [{ auth: { adminToken: { secret: { name: '', key: 'x' } } } }, /does not start without authentication/],
    [{ config: { dataDir: '/x' } }, /config\.dataDir is set by the chart/],
    [{ replica: 2 }, /Additional property replica is not allowed/],
    [{ store: { type: 'redis' } }, /store\.type must be one of/],
    [{ image: { digest: 'latest' } }, /image\.digest: Does not match pattern/],
  ])('refuses %j with words', async (values, words) => {
    expect((await renderChart(values)).error).toMatch(words);
  });

  it('finds what Kubernetes would not take, or the tests above would prove nothing', async () => {
    const { problems } = await renderChart({ resources: { limit: {} }, topologySpreadConstraints: [{ maxSkew: 'x' }] });
    expect(problems).toEqual([expect.stringMatching(/deployment\.yaml: .*(unknown field|cannot unmarshal)/)]);
  });

  it('has the version of the program', () => {
    expect(valuesOf('deploy/helm/Chart.yaml')).toMatchObject({ appVersion: packageJson.version });
  });

  it('has a schema for every value, and a default for every one in the schema', () => {
    const shape = (schema: Json): unknown => {
      const properties = schema.properties as Record<string, Json> | undefined;
      return properties && Object.fromEntries(Object.entries(properties).map(([name, one]) => [name, shape(one)]));
    };
    const { global: _, ...schema } = shape(JSON.parse(readFileSync('deploy/helm/values.schema.json', 'utf8'))) as Json;
    const pruned = (value: unknown, like: unknown): unknown =>
      typeof like !== 'object' || like === null || typeof value !== 'object' || value === null
        ? undefined
        : Object.fromEntries(Object.entries(value).map(([name, one]) => [name, pruned(one, (like as Json)[name])]));
    expect(pruned(valuesOf('deploy/helm/values.yaml'), schema)).toEqual(schema);
  });
});

const analyze = findProgram('systemd-analyze');
if (analyze === undefined && process.env.CI)
  throw new Error('no systemd-analyze; test/tools/install-debian.sh gets one');
if (analyze === undefined) console.warn('skipped: no systemd-analyze; test/tools/install-debian.sh gets one');

describe.skipIf(analyze === undefined)('the systemd unit', () => {
  const environment = { ...process.env, LD_LIBRARY_PATH: LIBRARY_PATH };
  /** Only the program is not there. */
  const verify = (text: string) => {
    const file = join(temporaryDirectory(), 'haldane.service');
    writeFileSync(file, text.replace('/usr/local/bin/haldane', '/bin/true'));
    const said = execFileSync('bash', ['-c', '"$0" verify "$1" 2>&1 || echo failed', analyze ?? '', file], {
      env: environment,
      encoding: 'utf8',
    });
    return said.split('\n').filter((line) => line.includes('haldane.service') || line === 'failed');
  };
  const unit = () => readFileSync('deploy/systemd/haldane.service', 'utf8');

  it('is one that systemd takes', () => {
    expect(verify(unit())).toEqual([]);
  });

  it('would be refused with a mistake in it, or the test above would prove nothing', () => {
    expect(verify(unit().replace('ProtectSystem=strict', 'ProtectSystm=strict'))).not.toEqual([]);
  });

  it('reloads by the signal that the program knows', () => {
    expect(unit()).toContain('ExecReload=/bin/kill -HUP $MAINPID');
  });
});
