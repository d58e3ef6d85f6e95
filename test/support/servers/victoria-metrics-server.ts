import { join } from 'node:path';
import { openMetricsText } from '../samples/samples.ts';
import { temporaryDirectory } from '../temporary-directory.ts';
import { findProgram, type RunningServer, startProgram } from './prometheus-server.ts';

/**
 * A real VictoriaMetrics on a free loopback port with the history of `samples.ts`; undefined where there is none.
 *
 * @param samples another history, in the OpenMetrics text format
 */
export async function startVictoriaMetrics(samples = openMetricsText()): Promise<RunningServer | undefined> {
  const program = findProgram('victoria-metrics');
  if (program === undefined) return undefined;
  const folder = temporaryDirectory();
  return startProgram({
    name: 'VictoriaMetrics',
    folder,
    readyPath: '/health',
    command: (address) => [
      program,
      `-storageDataPath=${join(folder, 'data')}`,
      '-retentionPeriod=100y',
      `-httpListenAddr=${address}`,
      '-loggerLevel=ERROR',
    ],
    fill: (baseUrl) => importSamples(baseUrl, samples),
  });
}

async function importSamples(baseUrl: string, samples: string): Promise<void> {
  // It reads times in milliseconds; the last flush makes what was written visible at once.
  const body = samples.replaceAll(/ (\d+)$/gm, ' $1000');
  for (const path of ['/api/v1/import/prometheus', '/internal/force_flush']) {
    const answer = await fetch(baseUrl + path, { method: 'POST', body });
    if (!answer.ok) throw new Error(`VictoriaMetrics answered ${answer.status}: ${await answer.text()}`);
  }
}
