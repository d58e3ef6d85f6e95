import { haldaneAt } from '../client/haldane-at.ts';
import type { HttpClient } from '../client/http-client.ts';
import { CommandError, EXIT } from '../command-error.ts';
import { BaseUrl } from '../options.ts';
import { DEFAULT_URL, type ServiceOptions } from './service-options.ts';

/** Longer than a service is asked to wait for a verdict in one request. */
const ANSWER_MILLIS = 60_000;

const REMEDY = 'start one with `haldane serve`, or name another with --url or HALDANE_URL';

/** `local` is absent where a command has no such option. */
export type ServiceChoice = Pick<ServiceOptions, 'url'> &
  Partial<Pick<ServiceOptions, 'local'>> & { readonly dataDir?: string | undefined };

/** Asks the service that the options name; an embedded one is closed afterwards, also when the work fails. */
export async function withService<Result>(
  choice: ServiceChoice,
  work: (client: HttpClient) => Promise<Result>,
): Promise<Result> {
  if (choice.local !== true) {
    refuseWithoutLocal(choice);
    const remedy = choice.local === undefined ? REMEDY : `${REMEDY}, or do without one: --local`;
    return work(haldaneAt(choice.url ?? fromEnvironment() ?? DEFAULT_URL, ANSWER_MILLIS, remedy));
  }
  if (choice.url !== undefined) throw new CommandError(EXIT.usage, '--local goes without --url: it asks no service');
  const { startLocalService } = await import('./local-service.ts');
  const service = await startLocalService(choice.dataDir);
  try {
    return await work(service.client);
  } finally {
    await service.stop();
  }
}

function refuseWithoutLocal({ dataDir }: ServiceChoice): void {
  if (dataDir === undefined) return;
  throw new CommandError(EXIT.usage, `--data-dir ${dataDir} goes with --local: a running service has its own`);
}

function fromEnvironment(): string | undefined {
  const value = process.env.HALDANE_URL;
  if (value === undefined || value === '') return undefined;
  const parsed = BaseUrl.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new CommandError(EXIT.usage, `HALDANE_URL is '${value}', but ${parsed.error.issues[0]?.message}`);
}
