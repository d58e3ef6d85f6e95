import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CIRCLES, DATE_NOW, PARTS, partOf, ROOMS, roomOf, WALL_CLOCK } from './support/architecture/rooms.ts';
import {
  circlesOf,
  filesOf,
  type Import,
  importsOf,
  ROOTS,
  readSource,
  sources,
} from './support/architecture/sources.ts';

const MAX_LINES = 300;
const MAX_WIDTH = 120;

/** Packages with one home. */
const HOMES: Readonly<Record<string, RegExp>> = {
  fastify: /^src\/(http\/|app\.ts)/,
  axios: /^(providers\/shared\/http|src\/outbound)\//,
  kysely: /^src\/store\//,
  'node:sqlite': /^src\/store\//,
  pg: /^(src\/store|providers\/sql)\//,
  'pg-boss': /^src\/queue\//,
  jose: /^src\/auth\/oidc\//,
  'openid-client': /^src\/auth\/oidc\//,
};

const imports = new Map(sources.map((file) => [file, importsOf(file)]));

/** Every import of a file of ours, as `from -> to`, that fails the test. */
function arrowsThat(fail: (from: string, to: string) => boolean): string[] {
  return [...imports].flatMap(([from, all]) =>
    all.flatMap(({ file: to }) => (to !== undefined && fail(from, to) ? [`${from} -> ${to}`] : [])),
  );
}

/** Who imports issuer, as far as the imports count. */
function graphOf(nodeOf: (file: string) => string, counts: (found: Import) => boolean): Map<string, Set<string>> {
  const graph = new Map<string, Set<string>>();
  for (const [from, all] of imports) {
    const node = nodeOf(from);
    const targets = graph.get(node) ?? new Set();
    for (const found of all) {
      if (found.file !== undefined && counts(found) && nodeOf(found.file) !== node) targets.add(nodeOf(found.file));
    }
    graph.set(node, targets);
  }
  return graph;
}

describe('the parts', () => {
  it('import only what the table allows', () => {
    const forbidden = arrowsThat((from, to) => {
      const [part, other] = [partOf(from), partOf(to)];
      return part !== other && other !== 'src/errors' && other !== 'src/package-root' && !PARTS[part]?.includes(other);
    });
    expect(forbidden).toEqual([]);
  });

  it('are all in the table', () => {
    expect(sources.map(partOf).filter((part) => !(part in PARTS))).toEqual([]);
  });

  it('keep packages at home', () => {
    const strays = [...imports].flatMap(([file, all]) =>
      all
        .filter(({ name }) => HOMES[name] !== undefined && !HOMES[name].test(file))
        .map(({ name }) => `${file} -> ${name}`),
    );
    expect(strays).toEqual([]);
  });

  it('load what a company login needs only where there is one', () => {
    const loaded = [...imports].flatMap(([file, all]) =>
      all
        .filter(({ name, lazy, typeOnly }) => ['jose', 'openid-client'].includes(name) && !lazy && !typeOnly)
        .map(({ name }) => `${file} -> ${name}`),
    );
    expect(loaded).toEqual([]);
  });

  it('leave the domain and the mathematics free of other packages', () => {
    const packages = [...imports]
      .filter(([file]) => /^(src\/domain|judges\/stats)\//.test(file))
      .flatMap(([, all]) => all.map(({ name }) => name).filter((name) => !name.startsWith('.')));
    expect(new Set(packages).difference(new Set(['zod', 'simple-statistics', 'node:net']))).toEqual(new Set());
  });

  it('read the environment only in main.ts and the command line', () => {
    const readers = sources.filter((file) => /\bprocess\??\.env\b|\bprocess\[|'node:process'/.test(readSource(file)));
    expect(readers.filter((file) => !/^src\/(main\.ts|cli\/)/.test(file))).toEqual([]);
  });

  it('look at the wall clock only where an instant is stored, shown or compared with that of another machine', () => {
    const askers = sources.filter((file) => /\bDate\.now\b|\bnew Date\(\)/.test(readSource(file)));
    expect(askers.filter((file) => !DATE_NOW.includes(file))).toEqual([]);
    const readers = sources.filter((file) => /\bwallClock\b/.test(readSource(file)));
    expect(readers.filter((file) => !(file in WALL_CLOCK) && !DATE_NOW.includes(file))).toEqual([]);
  });

  it('name the file of a dynamic import, so that it can be seen here', () => {
    expect(sources.filter((file) => /\bimport\s*\(\s*(?!['"]|`[^$`]*`)/.test(readSource(file)))).toEqual([]);
  });
});

describe('the rooms', () => {
  it.each(Object.entries(ROOMS))('of %s import only what the table allows', (part, rooms) => {
    const within = (file: string) => file.startsWith(`${part}/`);
    const unknown = sources.filter((file) => within(file) && !(roomOf(part, file) in rooms));
    expect(unknown).toEqual([]);
    const forbidden = arrowsThat((from, to) => {
      if (!within(from) || !within(to)) return false;
      const [room, other] = [roomOf(part, from), roomOf(part, to)];
      const beside = other.endsWith('.ts') ? '.' : other;
      return room !== other && !rooms[room]?.some((allowed) => allowed === other || allowed === beside);
    });
    expect(forbidden).toEqual([]);
  });

  it('of providers import nothing of another provider', () => {
    const forbidden = arrowsThat((from, to) => {
      const [root, provider = ''] = from.split('/');
      const [otherRoot, other = ''] = to.split('/');
      if (root !== 'providers' || otherRoot !== 'providers' || provider.endsWith('.ts')) return false;
      return other !== provider && other !== 'shared';
    });
    expect(forbidden).toEqual([]);
  });

  it('go round in no circle, and nor do files', () => {
    const folders = new Set(sources.map((file) => dirname(file)));
    // Beside rooms, a file stands for itself: one is a word that all of them use, another puts all of them together.
    const holdsRooms = (folder: string) => [...folders].some((other) => other.startsWith(`${folder}/`));
    const nodeOf = (file: string) => (holdsRooms(dirname(file)) ? file : dirname(file));
    expect(circlesOf(graphOf(nodeOf, ({ lazy }) => !lazy))).toEqual(CIRCLES);
    expect(
      circlesOf(
        graphOf(
          (file) => file,
          ({ lazy, typeOnly }) => !lazy && !typeOnly,
        ),
      ),
    ).toEqual([]);
  });

  it('would be seen to go round in one', () => {
    const graph = new Map([
      ['a', new Set(['b', 'd'])],
      ['b', new Set(['c'])],
      ['c', new Set(['a'])],
      ['d', new Set(['c'])],
    ]);
    expect(circlesOf(graph)).toContain('a -> b -> c');
  });
});

describe('the files', () => {
  it(`have ${MAX_LINES} lines at most`, () => {
    const files = filesOf([...ROOTS, 'openapi'], '.ts', '.js', '.css');
    expect(files.filter((file) => readSource(file).split('\n').length > MAX_LINES + 1)).toEqual([]);
  });

  it(`have lines of ${MAX_WIDTH} characters at most where they are prose`, () => {
    const documents = readdirSync('.').filter((name) => name.endsWith('.md'));
    const folders = [...ROOTS, 'openapi', 'test', 'deploy', 'docs'];
    expect([...documents, ...filesOf(folders, '.md')].flatMap(wideLinesOf)).toEqual([]);
  });

  it('of every judge and every provider are in the registry', () => {
    for (const folder of ['judges', 'providers']) {
      const registry = readSource(`${folder}/index.ts`);
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

/** Lines that are too wide, as `file:line`. A row of a table and a line of code cannot be broken: those may be wider. */
function wideLinesOf(file: string): string[] {
  let inCode = false;
  return readSource(file)
    .split('\n')
    .flatMap((line, index) => {
      if (line.trimStart().startsWith('```')) inCode = !inCode;
      const breakable = !inCode && !line.trimStart().startsWith('|');
      return breakable && line.length > MAX_WIDTH ? [`${file}:${index + 1}`] : [];
    });
}
