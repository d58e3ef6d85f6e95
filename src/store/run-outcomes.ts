import type { Kysely } from 'kysely';
import { EXECUTION_STATUS } from '../domain/run.ts';
import type { RunOutcome } from '../domain/run-outcome.ts';
import type { RunFilter } from '../domain/stores.ts';
import { newestRuns } from './run-list.ts';
import type { Tables } from './tables.ts';
import { readingRow, readStatus, readTime } from './unreadable.ts';

/** Of the runs that a filter finds, those that have ended; one query that reads neither requests nor results. */
export async function listOutcomes(db: Kysely<Tables>, filter: RunFilter): Promise<RunOutcome[]> {
  const query = newestRuns(db, filter);
  if (query === undefined) return [];
  const rows = await query
    .select(['id', 'canary_config_id', 'status', 'build_time', 'start_time', 'end_time'])
    .select(['verdict', 'score', 'over_nothing'])
    .execute();
  return rows.flatMap((row): RunOutcome[] => {
    const reading = readingRow();
    const status = readStatus(reading, row.status);
    const buildTime = readTime(reading, 'build_time', row.build_time);
    const [start, end] = [readTime(reading, 'start_time', row.start_time), readTime(reading, 'end_time', row.end_time)];
    // A row that cannot be read says so in the list of runs.
    if (reading.problems.length > 0 || buildTime === undefined || !EXECUTION_STATUS[status].complete) return [];
    return [
      {
        id: row.id,
        canaryConfigId: row.canary_config_id,
        status,
        buildTime,
        verdict: row.verdict ?? undefined,
        score: row.score ?? undefined,
        overNothing: row.over_nothing === 1,
        durationMillis: start === undefined || end === undefined ? undefined : end - start,
      },
    ];
  });
}
