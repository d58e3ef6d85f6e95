import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

export interface Import {
  /** as written */
  readonly name: string;
  /** the file of ours that is meant; undefined when it is a package's, or no TypeScript */
  readonly file: string | undefined;
  /** nothing of it is left when the program runs */
  readonly typeOnly: boolean;
  /** loaded when it is needed, not when the importing file is */
  readonly lazy: boolean;
}

export const ROOTS = ['src', 'providers', 'judges', 'gates'];

export const sources: readonly string[] = filesOf(ROOTS, '.ts');

/** Paths from the top of the repository. */
export function filesOf(folders: readonly string[], ...endings: readonly string[]): string[] {
  return folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => endings.some((ending) => name.endsWith(ending)))
      .map((name) => join(folder, name)),
  );
}

export function readSource(file: string): string {
  return readFileSync(file, 'utf8');
}

const FORMS = [
  // import ... from 'x'; export ... from 'x'
  { pattern: /^(?:import|export)\s+(type\s)?[^;'"()=]*?from\s+'([^']+)'/gm, lazy: false },
  // import 'x';
  { pattern: /^import(\s)+'([^']+)'/gm, lazy: false },
  // import('x')
  { pattern: /\bimport(\s)*\(\s*['"`]([^'"`]+)['"`]/g, lazy: true },
];

export function importsOf(file: string): Import[] {
  const text = readSource(file);
  return FORMS.flatMap(({ pattern, lazy }) =>
    [...text.matchAll(pattern)].map(([, type = '', name = '']) => ({
      name,
      file: name.startsWith('.') && name.endsWith('.ts') ? normalize(join(dirname(file), name)) : undefined,
      typeOnly: type.startsWith('type'),
      lazy,
    })),
  );
}

/** A way from a node back to itself for each that has one, every circle once. */
export function circlesOf(graph: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const circles = new Set<string>();
  const left = new Set<string>();
  const follow = (node: string, way: readonly string[]): void => {
    const begin = way.indexOf(node);
    if (begin >= 0) circles.add(turnedToFirst(way.slice(begin)).join(' -> '));
    if (begin >= 0 || left.has(node)) return;
    for (const next of graph.get(node) ?? []) follow(next, [...way, node]);
    left.add(node);
  };
  for (const node of graph.keys()) follow(node, []);
  return [...circles].sort();
}

function turnedToFirst(circle: readonly string[]): string[] {
  const first = circle.indexOf([...circle].sort()[0] ?? '');
  return [...circle.slice(first), ...circle.slice(0, first)];
}
