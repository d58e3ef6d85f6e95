import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gaugeSeries } from '../samples/samples.ts';
import { temporaryDirectory } from '../temporary-directory.ts';
import { findProgram, freePort, LIBRARY_PATH, type RunningServer, startProgram } from './prometheus-server.ts';

/** Server and user settings in one file, as old and new versions read it. */
const CONFIGURATION = `<?xml version="1.0"?>
<yandex>
  <logger><level>error</level><console>true</console></logger>
  <listen_host>127.0.0.1</listen_host>
  <mark_cache_size>67108864</mark_cache_size>
  <profiles><default/><reader><readonly>1</readonly></reader></profiles>
  <quotas><default/></quotas>
  <users>
    <default><password/><networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota></default>
    <reader>
      <password>pa55-w0rd</password>
      <networks><ip>127.0.0.1</ip></networks><profile>reader</profile><quota>default</quota>
    </reader>
  </users>
</yandex>
`;

/**
 * A real ClickHouse on a free loopback port with the gauges of `samples.ts` in the table `samples` (`time` DateTime of
 * UTC, `gauge`, `version`, `value`). The user `default` needs no password, `reader` with `pa55-w0rd` may only read.
 * Undefined where there is none.
 */
export async function startClickHouse(): Promise<RunningServer | undefined> {
  const program = findProgram('clickhouse-server');
  if (program === undefined) return undefined;
  const folder = temporaryDirectory();
  const configuration = join(folder, 'config.xml');
  await writeFile(configuration, CONFIGURATION);
  const ports = { tcp_port: await freePort(), interserver_http_port: await freePort() };
  return startProgram({
    name: 'ClickHouse',
    folder,
    readyPath: '/ping',
    command: (address) => [
      program,
      `--config-file=${configuration}`,
      '--',
      `--path=${folder}/data/`,
      `--tmp_path=${folder}/tmp/`,
      `--users_config=${configuration}`,
      `--http_port=${address.split(':')[1]}`,
      ...Object.entries(ports).map(([name, port]) => `--${name}=${port}`),
    ],
    environment: () => ({ LD_LIBRARY_PATH: LIBRARY_PATH, TZ: 'UTC' }),
    async fill(baseUrl) {
      await askClickHouse(baseUrl, TABLE);
      await askClickHouse(baseUrl, `INSERT INTO samples FORMAT TabSeparated\n${sampleRows().join('\n')}\n`);
    },
  });
}

/** Runs one statement as the user `default`. @returns its answer @throws Error when it is refused */
export async function askClickHouse(baseUrl: string, statement: string): Promise<string> {
  const answer = await fetch(baseUrl, { method: 'POST', body: statement });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`ClickHouse answered ${answer.status}: ${text}`);
  return text;
}

const TABLE = `CREATE TABLE samples (time DateTime('UTC'), gauge String, version String, value Float64)
  ENGINE = MergeTree PARTITION BY toYYYYMM(time) ORDER BY (gauge, version, time)`;

function sampleRows(): string[] {
  return gaugeSeries().flatMap(({ gauge, version, points }) =>
    points.map(([epochSeconds, value]) => [epochSeconds, gauge, version, value].join('\t')),
  );
}
