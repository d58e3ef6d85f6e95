import { describe, expect, it } from 'vitest';
import packageJson from '../package.json' with { type: 'json' };
import { packagesLoadedWith } from './support/architecture/loaded-packages.ts';

/**
 * What is loaded before anything is done, of packages. Each costs every start; so does what it loads itself. Another one
 * needs `await import()` where it is used, or a place here and a reason.
 */
const LOADED: Readonly<Record<string, readonly string[]>> = {
  // `haldane --help` and every command before it is known
  'src/cli/haldane.ts': ['commander'],
  // every command that has options
  'src/cli/declare-command.ts': ['zod'],
  // the service
  'src/serve.ts': [
    '@streamparser/json',
    'csv-parse',
    'd3-array',
    'd3-scale',
    'd3-shape',
    'fastify',
    'ghtml',
    'jsonpath-rfc9535',
    'kysely',
    'p-limit',
    'pino',
    're2js',
    'simple-statistics',
    'ulid',
    'yaml',
    'zod',
  ],
};

describe('a start', () => {
  it.each(Object.entries(LOADED))('of %s loads no package that is not needed yet', (entry, known) => {
    const loaded = packagesLoadedWith(entry);
    expect([...loaded].filter(([name]) => !known.includes(name)).map(([, way]) => way)).toEqual([]);
    expect(known.filter((name) => !loaded.has(name))).toEqual([]);
  });

  it.each(['pg', 'pg-boss', 'axios', '@fastify/swagger'])('does not wait for %s, which the service has', (name) => {
    expect(packageJson.dependencies).toHaveProperty([name]);
    expect(packagesLoadedWith('src/main.ts').has(name)).toBe(false);
  });
});
