import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { CanaryError } from '../../errors.ts';
import { type CopiedCounts, copyStore } from '../../store/copy-store.ts';
import type { Database } from '../../store/database.ts';
import { openSqlite } from '../../store/sqlite-database.ts';
import { defineCommand, type Terminal } from '../command.ts';
import { CommandError, EXIT } from '../command-error.ts';

const SQLITE = 'sqlite:';

const Place = z
  .string({ error: 'is required' })
  .regex(/^(sqlite:.|postgres(ql)?:\/\/.)/, 'must be sqlite:<dataDir> or postgres://user@host:5432/database');

const Options = z.object({
  from: Place.meta({ value: 'store', description: 'sqlite:<dataDir> or postgres://user@host:5432/database' }),
  to: Place.meta({ value: 'store', description: 'the same; a password may be in the variable PGPASSWORD' }),
});

/** `haldane store copy`: copies everything from one store to another. Repeating it copies what is new. */
export const storeCopy = defineCommand({
  options: Options,
  examples: ['haldane store copy --from sqlite:./data --to postgres://haldane@db:5432/haldane'],
  exitCodes: {
    [EXIT.ok]: 'everything is in the other store now',
    [EXIT.findings]: 'a config was left out: another one has its name there',
    [EXIT.unreachable]: 'one of the stores cannot be opened',
  },
  async run({ options: { from, to } }, terminal) {
    if (from === to) throw new CommandError(EXIT.usage, '--from and --to are the same');
    try {
      const counts = await copyStore(
        () => open(from, true),
        () => open(to, false),
        progress(terminal),
      );
      terminal.stdout.write(report(counts));
      return counts.some(({ refused }) => refused.length > 0) ? EXIT.findings : EXIT.ok;
    } catch (error) {
      if (!(error instanceof CanaryError)) throw error;
      throw new CommandError(EXIT.unreachable, error.message, error);
    }
  },
});

async function open(place: string, mustExist: boolean): Promise<Database> {
  if (!place.startsWith(SQLITE)) return (await import('../../store/postgres-database.ts')).openPostgres(place);
  const dataDir = place.slice(SQLITE.length);
  if (mustExist && !existsSync(join(dataDir, 'haldane.sqlite'))) {
    throw new CommandError(EXIT.unreachable, `${dataDir} holds no haldane.sqlite`);
  }
  return openSqlite(dataDir);
}

function progress({ stderr }: Terminal): (counts: CopiedCounts) => void {
  return ({ table, total, copied }) => {
    if (stderr.isTTY === true) stderr.write(`\r\u001b[K${table} ${copied}/${total}`);
  };
}

function report(all: readonly CopiedCounts[]): string {
  const lines = all.map(({ table, total, copied, refused }) => {
    const there = total - copied - refused.length;
    return `${table.padEnd(22)} ${copied} copied, ${there} already there${refused.length > 0 ? `, left out: ${refused.join(', ')}` : ''}`;
  });
  return `${lines.join('\n')}\n`;
}
