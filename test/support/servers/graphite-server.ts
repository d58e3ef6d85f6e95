import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { gaugeSeries, SAMPLES } from '../samples/samples.ts';
import { temporaryDirectory } from '../temporary-directory.ts';
import { DEBIAN_ROOT, findProgram, LIBRARY_PATH, type RunningServer, startProgram } from './prometheus-server.ts';

const SCRIPT = join(import.meta.dirname, 'graphite-server.py');
/** Debian's own: the packages are made for it. */
const PYTHON = '/usr/bin/python3';

/** Paths of metrics, each with its points; `name;tag=value` is a tagged one. */
export type GraphiteSeries = Readonly<Record<string, readonly (readonly [epochSeconds: number, value: number])[]>>;

/** Seconds between the points of an archive, and how many seconds it reaches back. */
export type Archive = readonly [everySeconds: number, reachSeconds: number];

/**
 * A real graphite-web on a free loopback port with the gauges of `samples.ts` as `shop.<version>.<gauge>`, or with
 * other series. Undefined where there is none.
 *
 * @param archives of the whisper files; one that holds every sample when absent
 */
export async function startGraphite(
  series: GraphiteSeries = sampleSeries(),
  archives: readonly Archive[] = [[SAMPLES.everySeconds, secondsSinceSamples()]],
): Promise<RunningServer | undefined> {
  if (findProgram('graphite-manage') === undefined || !existsSync(PYTHON)) return undefined;
  const folder = temporaryDirectory();
  return startProgram({
    name: 'graphite-web',
    folder,
    readyPath: '/metrics/find?query=*&format=completer',
    command: (address) => [PYTHON, SCRIPT, folder, address],
    environment: () => ({
      PYTHONPATH: join(DEBIAN_ROOT, 'usr/lib/python3/dist-packages'),
      PYTHONDONTWRITEBYTECODE: '1',
      LD_LIBRARY_PATH: LIBRARY_PATH,
    }),
    input: JSON.stringify({ archives: archives.map(([every, reach]) => [every, Math.ceil(reach / every)]), series }),
  });
}

/** How far an archive must reach back to hold the samples, in seconds. */
export function secondsSinceSamples(): number {
  return Math.ceil((Date.now() - Date.parse(SAMPLES.start)) / 1000) + 3600;
}

function sampleSeries(): GraphiteSeries {
  return Object.fromEntries(gaugeSeries().map(({ gauge, version, points }) => [`shop.${version}.${gauge}`, points]));
}
