import { query, startPostgres } from '../servers/postgres-server.ts';
import type { RunningServer } from '../servers/prometheus-server.ts';
import { gaugeSeries } from './samples.ts';

/**
 * A real PostgreSQL with the gauges of `samples.ts` in the table `samples` (`time`, `gauge`, `version`, `value`), for
 * the user `haldane` without a password. Undefined where there is none.
 */
export async function startPostgresSamples(): Promise<RunningServer | undefined> {
  const server = await startPostgres();
  if (server === undefined) return undefined;
  const url = await server.createDatabase('samples');
  await query(url, 'create table samples (time timestamptz, gauge text, version text, value double precision)');
  for (const { gauge, version, points } of gaugeSeries()) {
    await query(
      url,
      `insert into samples select to_timestamp(seconds), $1, $2, value
       from unnest($3::float8[], $4::float8[]) as points (seconds, value)`,
      [gauge, version, points.map(([seconds]) => seconds), points.map(([, value]) => value)],
    );
  }
  return { baseUrl: url.replace('haldane@', ''), stop: server.stop };
}
