import { importsOf } from './sources.ts';

/**
 * The packages that are loaded with a file, before anything is asked of it, each with the shortest way of imports that
 * leads to it: `src/a.ts -> src/b.ts -> pg`.
 */
export function packagesLoadedWith(entry: string): Map<string, string> {
  const ways = new Map([[entry, entry]]);
  const packages = new Map<string, string>();
  for (const [file, way] of ways) {
    for (const { name, file: next, typeOnly, lazy } of importsOf(file)) {
      if (typeOnly || lazy) continue;
      if (next !== undefined && !ways.has(next)) ways.set(next, `${way} -> ${next}`);
      if (name.startsWith('.') || name.startsWith('node:')) continue;
      const [scope = '', rest] = name.split('/');
      const of = scope.startsWith('@') ? `${scope}/${rest}` : scope;
      if (!packages.has(of)) packages.set(of, `${way} -> ${name}`);
    }
  }
  return packages;
}
