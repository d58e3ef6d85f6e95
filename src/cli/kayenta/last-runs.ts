import { z } from 'zod';
import { dropNulls } from '../../domain/values/wire-json.ts';
import type { HttpClient } from '../client/http-client.ts';
import { readList } from './kayenta-service.ts';
import type { Found, KayentaSource } from './kayenta-source.ts';

interface LiveRunsOptions {
  readonly applications: readonly string[];
  readonly last: number;
  readonly account: string | undefined;
}

/** A run of Kayenta, read lazily. */
export interface LastRun {
  readonly id: string;
  read(): Promise<Found>;
}

const Runs = z.array(z.looseObject({ pipelineId: z.string(), buildTimeMillis: z.number().default(0) }));

/** The last archived runs, newest first: all ended ones except canceled ones. @throws CommandError unreachable */
export async function lastArchivedRuns(source: KayentaSource, last: number): Promise<readonly LastRun[]> {
  return (await source.runIds()).slice(0, last).map((id) => ({ id, read: () => source.run(id) }));
}

/** The last runs a running Kayenta lists under applications, newest first. @throws CommandError unreachable */
export async function lastLiveRuns(client: HttpClient, options: LiveRunsOptions): Promise<readonly LastRun[]> {
  const { applications, last, account } = options;
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
