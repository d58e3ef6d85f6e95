import { z } from 'zod';
import { dropNulls } from '../../domain/values/wire-json.ts';
import type { HttpClient } from '../client/http-client.ts';
import { readKayentaService, readList } from './kayenta-service.ts';
import type { Found } from './kayenta-source.ts';

interface LastRunsOptions {
  /** empty: all archived ones */
  readonly applications: readonly string[];
  readonly last: number;
  readonly account: string | undefined;
}

/** A run of Kayenta, read lazily. */
export interface LastRun {
  readonly id: string;
  read(): Promise<Found>;
}

/** Applications list only their live runs; the archive has all ended runs except canceled ones. */
const Runs = z.array(z.looseObject({ pipelineId: z.string(), buildTimeMillis: z.number().default(0) }));

/** The last runs, newest first. @throws CommandError when Kayenta cannot list them */
export async function lastRuns(client: HttpClient, options: LastRunsOptions): Promise<readonly LastRun[]> {
  const { applications, last, account } = options;
  if (applications.length === 0) {
    const source = readKayentaService(client, account);
    return (await source.runIds()).slice(0, last).map((id) => ({ id, read: () => source.run(id) }));
  }
  const runs: z.infer<typeof Runs> = [];
  for (const application of applications) {
    const query = { application, limit: last, statuses: 'succeeded', storageAccountName: account };
    runs.push(...(await readList(client, Runs, '/canary/executions', query)));
  }
  runs.sort((one, other) => other.buildTimeMillis - one.buildTimeMillis);
  return runs.slice(0, last).map((run) => ({ id: run.pipelineId, read: async () => inHand(run) }));
}

function inHand(run: z.infer<typeof Runs>[number]): Found {
  return dropNulls(run) ? { kind: 'found', value: run } : { kind: 'broken', reason: 'nested too deep' };
}
