import { prometheus } from '../../../providers/prometheus/index.ts';
import type { SeriesSource } from '../../domain/series-labels.ts';
import { CanaryError } from '../../errors.ts';
import { CommandError, EXIT } from '../command-error.ts';

const ANSWER_MILLIS = 30_000;

/** How a Prometheus is reached; the variables stay variables in what is written. */
export interface PrometheusAccess {
  readonly url: string;
  readonly username?: string | undefined;
  /** the value of PROMETHEUS_PASSWORD */
  readonly password?: string | undefined;
  /** the value of PROMETHEUS_TOKEN */
  readonly token?: string | undefined;
}

/** Asks a Prometheus through its provider. What it answers with an error is a CommandError that says what to do. */
export function prometheusSource(access: PrometheusAccess): SeriesSource {
  const account = prometheus.Account.parse({
    ...{ name: 'prom', type: 'prometheus', endpoint: { baseUrl: access.url } },
    ...(access.token === undefined ? {} : { bearerToken: access.token }),
    ...(access.username === undefined ? {} : { username: access.username, password: access.password ?? '' }),
  });
  const signal = () => AbortSignal.timeout(ANSWER_MILLIS);
  return {
    names: () =>
      told(access, async () => {
        const descriptors = (await prometheus.getMetadata?.(account, '', signal())) ?? [];
        return descriptors.map(({ name }) => name);
      }),
    series: (metric) => told(access, async () => (await prometheus.getSeries?.(account, metric, signal())) ?? []),
  };
}

async function told<T>({ url }: PrometheusAccess, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof CanaryError)) throw error;
    const remedy =
      error.code === 'METRICS_ACCESS_DENIED'
        ? 'set PROMETHEUS_TOKEN, or --username and PROMETHEUS_PASSWORD'
        : '--prometheus names the address of a Prometheus, or of what has its API';
    throw new CommandError(EXIT.unreachable, `${url} cannot be asked: ${error.message}; ${remedy}`, error);
  }
}
