import { execFile, spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';

const SOURCES = 'test/system/contract/helm';
const BINARY = resolve('node_modules/.cache/helm/helm');
const CHART = resolve('deploy/helm');

export interface Rendered {
  /** by file of the template */
  readonly objects?: Readonly<Record<string, string>>;
  /** what Kubernetes would not take */
  readonly problems?: readonly string[];
  /** why nothing is rendered */
  readonly error?: string;
}

const go = { cwd: SOURCES, env: { ...process.env, GOTOOLCHAIN: 'local', GOFLAGS: '-mod=readonly', GOPROXY: 'off' } };

/** Whether there is a Go that is new enough, and Helm's code. */
export function hasHelm(): boolean {
  const listed = spawnSync('go', ['list', '-m', '-f', '{{.Dir}}', 'helm.sh/helm/v3'], { ...go, encoding: 'utf8' });
  return listed.status === 0 && listed.stdout.trim() !== '';
}

/** Builds the program that renders with Helm's code. */
export async function buildHelm(): Promise<void> {
  mkdirSync(dirname(BINARY), { recursive: true });
  await promisify(execFile)('go', ['build', '-o', BINARY, '.'], go);
}

/** The chart with these values, as `helm template` renders it. */
export async function renderChart(values: object, release = 'haldane'): Promise<Rendered> {
  const child = execFile(BINARY);
  child.stdin?.end(JSON.stringify({ chart: CHART, release, namespace: 'haldane', values }));
  return JSON.parse(await text(child.stdout as NodeJS.ReadableStream)) as Rendered;
}

/** One file for `kubectl apply`, without the labels of a release. */
export function manifestOf({ objects = {} }: Rendered, heading: string): string {
  const texts = Object.entries(objects)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([, object]) => object.replaceAll(/^ *(helm\.sh\/chart|app\.kubernetes\.io\/managed-by): .*\n/gm, '').trim());
  return `${heading}\n${texts.map((object) => `---\n${object}\n`).join('')}`;
}

/** The files below deploy/kubernetes, by the values they are made of. */
export const MANIFESTS = {
  'deploy/kubernetes/sqlite.yaml': 'deploy/helm/ci/sqlite-values.yaml',
  'deploy/kubernetes/postgres.yaml': 'deploy/helm/ci/postgres-values.yaml',
} as const;

export function headingOf(values: string): string {
  return [
    `# Made of ${values} by \`node test/tools/write-manifests.ts\`; a test compares them.`,
    '# Before it is applied: the secrets that it mounts, as docs/operations/kubernetes.md says, and the address of your image.',
  ].join('\n');
}
