import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { CanaryError, messageOf } from '../../errors.ts';
import { checkSqliteFile, copySqliteFile, type RowCounts } from '../../store/sqlite-backup.ts';
import { download } from '../client/download.ts';
import { exitCodeOf, reasonOf } from '../client/read-answer.ts';
import { defineCommand } from '../command.ts';
import { CommandError, EXIT, UNREACHABLE } from '../command-error.ts';
import { ServiceOptions } from '../service/service-options.ts';
import { withService } from '../service/with-service.ts';

const SQLITE = 'sqlite:';

const Options = z.object({
  url: ServiceOptions.shape.url,
  from: z
    .string()
    .regex(/^(sqlite:.|postgres(ql)?:\/\/.)/, 'must be sqlite:<dataDir>, of a Haldane that does not run')
    .optional()
    .meta({
      value: 'store',
      description: 'sqlite:<dataDir> of a Haldane that does not run (default: ask the one that does)',
    }),
});

/** `haldane store backup`: a checked copy of everything that is stored, while the service works. */
export const storeBackup = defineCommand({
  options: Options,
  examples: ['haldane store backup haldane-backup.sqlite', 'haldane store backup copy.sqlite --from sqlite:./data'],
  exitCodes: {
    [EXIT.ok]: 'the copy is there, and was read through',
    [EXIT.findings]: 'the copy is damaged',
    [EXIT.unreachable]: UNREACHABLE,
  },
  async run({ args: [file = ''], options: { url, from } }, { stdout }) {
    if (existsSync(file)) throw new CommandError(EXIT.usage, `${file} is there already; name another file`);
    if (from !== undefined && url !== undefined) throw new CommandError(EXIT.usage, '--from goes without --url');
    // Only a copy that was checked has the name of one.
    const part = `${file}.part`;
    rmSync(part, { force: true });
    try {
      await (from === undefined ? fromService(url, part) : fromStopped(from, part));
      const counts = checked(part);
      renameSync(part, file);
      stdout.write(report(file, counts));
      return EXIT.ok;
    } finally {
      rmSync(part, { force: true });
    }
  },
});

async function fromService(url: string | undefined, file: string): Promise<void> {
  await withService({ url }, async ({ baseUrl }) => {
    const failure = await download(`${baseUrl}/storage/backup`, file);
    if (failure !== undefined) throw new CommandError(exitCodeOf(failure), `no copy: ${reasonOf(failure)}`);
  });
}

/** @throws CommandError when a Haldane is using it */
async function fromStopped(place: string, file: string): Promise<void> {
  if (!place.startsWith(SQLITE)) {
    const remedy = 'pg_dump --format=custom writes a copy, also while Haldane works, and pg_restore reads it';
    throw new CommandError(EXIT.usage, `--from: a PostgreSQL has tools of its own: ${remedy}`);
  }
  const source = join(place.slice(SQLITE.length), 'haldane.sqlite');
  if (!existsSync(source)) throw new CommandError(EXIT.usage, `--from: there is no ${source}`);
  const before = await copySqliteFile(source, file).catch((error) => {
    const remedy = /is using it/.test(messageOf(error)) ? '; without --from the one that runs is asked' : '';
    throw new CommandError(EXIT.unreachable, `${messageOf(error)}${remedy}`, error);
  });
  const after = checked(file);
  const different = Object.keys(before).filter((table) => before[table] !== after[table]);
  if (different.length > 0) throw new CommandError(EXIT.findings, `the copy lacks rows of ${different.join(', ')}`);
}

/** @throws CommandError for a copy that nobody may rely on */
function checked(file: string): RowCounts {
  try {
    return checkSqliteFile(file);
  } catch (error) {
    if (!(error instanceof CanaryError)) throw error;
    throw new CommandError(EXIT.findings, `the copy was not kept: ${error.message}`, error);
  }
}

function report(file: string, counts: RowCounts): string {
  const lines = Object.entries(counts).map(([table, rows]) => `${table.padEnd(28)} ${rows}\n`);
  const restore =
    'to restore it, stop Haldane, put this file into its dataDir as haldane.sqlite, remove the haldane.sqlite-wal ' +
    'beside it, and start';
  return `${lines.join('')}${file}: every page was read and is sound; ${restore}\n`;
}
