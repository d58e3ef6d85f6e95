import { join } from 'node:path';
import { gaugeSeries } from '../samples/samples.ts';
import { temporaryDirectory } from '../temporary-directory.ts';
import { findProgram, freePort, type RunningServer, startProgram } from './prometheus-server.ts';

/** The database that holds the samples. */
export const INFLUX_DATABASE = 'shop';

/** With issuer users are asked for; the first one may do everything. */
export const INFLUX_ADMIN = { username: 'admin', password: 'pa55-w0rd' } as const;

/**
 * A real InfluxDB 1.x on a free loopback port with the gauges of `samples.ts`: a measurement each, with the tags `app`
 * and `version` and the field `value`. Undefined where there is none.
 *
 * @param settings variables that go over its configuration, such as `INFLUXDB_HTTP_MAX_ROW_LIMIT`; with
 *   `INFLUXDB_HTTP_AUTH_ENABLED` there is one user, {@link INFLUX_ADMIN}
 */
export async function startInflux(settings: Readonly<Record<string, string>> = {}): Promise<RunningServer | undefined> {
  const program = findProgram('influxd');
  if (program === undefined) return undefined;
  const folder = temporaryDirectory();
  const port = await freePort();
  return startProgram({
    name: 'InfluxDB',
    folder,
    readyPath: '/ping',
    command: () => [program, '-config', '/dev/null'],
    environment: (address) => ({
      INFLUXDB_REPORTING_DISABLED: 'true',
      INFLUXDB_BIND_ADDRESS: `127.0.0.1:${port}`,
      INFLUXDB_HTTP_BIND_ADDRESS: address,
      INFLUXDB_META_DIR: join(folder, 'meta'),
      INFLUXDB_DATA_DIR: join(folder, 'data'),
      INFLUXDB_DATA_WAL_DIR: join(folder, 'wal'),
      INFLUXDB_MONITOR_STORE_ENABLED: 'false',
      ...settings,
    }),
    async fill(baseUrl) {
      const { username, password } = INFLUX_ADMIN;
      await askInflux(baseUrl, `CREATE USER ${username} WITH PASSWORD '${password}' WITH ALL PRIVILEGES`);
      await askInflux(baseUrl, `CREATE DATABASE ${INFLUX_DATABASE}`);
      await writeLines(baseUrl, sampleLines());
    },
  });
}

/** Runs one statement. @throws Error when it is refused */
export async function askInflux(baseUrl: string, statement: string): Promise<void> {
  await post(`${baseUrl}/query?q=${encodeURIComponent(statement)}`, '');
}

/** Writes points of the line protocol, times in seconds. @throws Error when they are refused */
export async function writeLines(baseUrl: string, lines: readonly string[]): Promise<void> {
  await post(`${baseUrl}/write?db=${INFLUX_DATABASE}&precision=s`, lines.join('\n'));
}

function sampleLines(): string[] {
  return gaugeSeries().flatMap(({ gauge, version, points }) =>
    points.map(([epochSeconds, value]) => `${gauge},app=shop,version=${version} value=${value} ${epochSeconds}`),
  );
}

async function post(url: string, body: string): Promise<void> {
  const { username, password } = INFLUX_ADMIN;
  const answer = await fetch(`${url}&u=${username}&p=${password}`, { method: 'POST', body });
  const text = await answer.text();
  if (!answer.ok || text.includes('"error"')) throw new Error(`InfluxDB answered ${answer.status}: ${text}`);
}
