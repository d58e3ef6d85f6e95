import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { CanaryError } from '../../errors.ts';
import { type CopiedCounts, copyStore } from '../../store/copy-store.ts';
import type { Database } from '../../store/database.ts';
import { openPostgres } from '../../store/postgres-database.ts';
import { openSqlite } from '../../store/sqlite-database.ts';
import type { Command, Terminal } from '../command.ts';
import { CommandError, EXIT } from '../command-error.ts';
import { readOptions } from '../command-options.ts';

const SQLITE = 'sqlite:';

const Place = z
  .string({ error: 'must be said' })
  .regex(/^(sqlite:.|postgres(ql)?:\/\/.)/, 'must be sqlite:<dataDir> or postgres://user@host:5432/database');

const Options = z.object({ from: Place, to: Place });

/** `haldane store copy`: all that one store keeps, to another. Doing it again takes what is new. */
export const storeCopy: Command = {
  name: 'store copy',
  summary: 'Copy configs, runs, series and analyses from one store to another, while no Haldane uses them',
  options: {
    from: { type: 'string', value: 'store', help: 'sqlite:<dataDir> or postgres://user@host:5432/database' },
    to: { type: 'string', value: 'store', help: 'the same; a password may be in the variable PGPASSWORD' },
  },
  exitCodes: ['everything is there now', 'a config was left out: another has its name there'],
  async run({ values }, terminal) {
    const options = readOptions(Options, values);
    if (options.from === options.to)
      throw new CommandError(EXIT.usage, '--from and --to are the same (haldane --help)');
    try {
      const counts = await copyStore(
        () => open(options.from, true),
        () => open(options.to, false),
        progress(terminal),
      );
      terminal.stdout.write(report(counts));
      return counts.some(({ refused }) => refused.length > 0) ? EXIT.findings : EXIT.ok;
    } catch (error) {
      if (!(error instanceof CanaryError)) throw error;
      throw new CommandError(EXIT.unreachable, error.message, error);
    }
  },
};

async function open(place: string, mustExist: boolean): Promise<Database> {
  if (!place.startsWith(SQLITE)) return openPostgres(place);
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
