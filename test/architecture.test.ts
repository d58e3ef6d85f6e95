import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOTS = ['src', 'providers', 'judges'];
const MAX_LINES = 300;

/** What each part may import from the others; every part may import `src/errors.ts` and itself. */
const MAY_IMPORT: Record<string, string[]> = {
  'src/errors': [],
  'src/domain': [],
  'src/waiting': [],
  'src/outbound': ['src/domain', 'src/waiting'],
  providers: ['src/domain', 'src/outbound', 'src/waiting'],
  judges: ['src/domain', 'src/outbound', 'src/waiting', 'judges/stats'],
  'judges/stats': [],
  'src/engine': ['src/domain', 'src/outbound', 'src/reports', 'src/waiting'],
  'src/store': ['src/domain'],
  'src/queue': ['src/domain', 'src/waiting'],
  'src/config': ['src/domain'],
  'src/reports': ['src/domain'],
  'src/web': ['src/domain', 'src/reports'],
  'src/http': ['src/engine', 'src/domain', 'src/web', 'src/reports', 'src/waiting'],
  'src/app': ['src/config', 'src/domain', 'src/engine', 'src/http', 'src/queue', 'src/store', 'providers', 'judges'],
  'src/serve': ['src/app', 'src/config', 'providers'],
  'src/cli': [
    'src/app',
    'src/serve',
    'src/config',
    'src/domain',
    // `diff kayenta` judges through the one door that runs go through
    'src/engine',
    'src/store',
    'src/reports',
    'src/outbound',
    'providers',
    'judges',
  ],
  'src/main': ['src/serve'],
};

/** Packages with one home. */
const HOMES: Record<string, RegExp> = {
  fastify: /^src\/(http\/|app\.ts)/,
  axios: /^(providers\/shared\/http|src\/outbound)\//,
  kysely: /^src\/store\//,
  'node:sqlite': /^src\/store\//,
  pg: /^(src\/store|providers\/sql)\//,
  'pg-boss': /^src\/queue\//,
};

const files = ROOTS.flatMap((root) =>
  readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(root, name)),
);
const read = (file: string) => readFileSync(file, 'utf8');

function partOf(file: string): string {
  if (file.startsWith('judges/stats/')) return 'judges/stats';
  const [root = '', name = ''] = file.split('/');
  if (root !== 'src') return root;
  return `src/${name.replace(/\.ts$/, '')}`;
}

function importsOf(file: string): string[] {
  return [...read(file).matchAll(/^(?:import|export)\b[^;]*?from '([^']+)';/gms)].map(([, name = '']) => name);
}

describe('the architecture', () => {
  it('lets every part import only what the table allows', () => {
    const forbidden = files.flatMap((file) =>
      importsOf(file)
        .filter((name) => name.startsWith('.') && name.endsWith('.ts'))
        .map((name) => normalize(join(dirname(file), name)))
        .filter((target) => {
          const [from, to] = [partOf(file), partOf(target)];
          return from !== to && to !== 'src/errors' && !MAY_IMPORT[from]?.includes(to);
        })
        .map((target) => `${file} -> ${target}`),
    );
    expect(forbidden).toEqual([]);
  });

  it('knows every part', () => {
    expect(files.map(partOf).filter((part) => !(part in MAY_IMPORT))).toEqual([]);
  });

  it('keeps packages at home', () => {
    const strays = files.flatMap((file) =>
      importsOf(file)
        .filter((name) => HOMES[name] !== undefined && !HOMES[name].test(file))
        .map((name) => `${file} -> ${name}`),
    );
    expect(strays).toEqual([]);
  });

  it('keeps the domain and the mathematics free of other packages', () => {
    const packages = files
      .filter((file) => /^(src\/domain|judges\/stats)\//.test(file))
      .flatMap((file) => importsOf(file).filter((name) => !name.startsWith('.')));
    expect(new Set(packages).difference(new Set(['zod', 'simple-statistics', 'jstat', 'node:net']))).toEqual(new Set());
  });

  it('reads the environment only in main.ts and the command line', () => {
    const readers = files.filter((file) => /process\.env\b/.test(read(file)) && !/^src\/(main\.ts|cli\/)/.test(file));
    expect(readers).toEqual([]);
  });

  it(`has no file over ${MAX_LINES} lines`, () => {
    expect(files.filter((file) => read(file).split('\n').length > MAX_LINES + 1)).toEqual([]);
  });

  it('registers every judge and every provider', () => {
    for (const folder of ['judges', 'providers']) {
      const registry = read(`${folder}/index.ts`);
      const parts = readdirSync(folder, { withFileTypes: true })
        .filter((entry) => (entry.isDirectory() ? isPartFolder(folder, entry.name) : entry.name.endsWith('.ts')))
        .map((entry) => entry.name)
        .filter((name) => name !== 'index.ts');
      expect(parts.filter((name) => !registry.includes(`'./${name}`))).toEqual([]);
    }
  });
});

function isPartFolder(folder: string, name: string): boolean {
  return readdirSync(join(folder, name)).includes('index.ts');
}
