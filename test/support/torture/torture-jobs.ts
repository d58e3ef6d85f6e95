import { configOf, requestOf } from '../http/requests.ts';

const BEGIN = Date.parse('2026-01-01T00:00:00Z');
const MINUTE = 60_000;

/** How a job may end. */
export type Ending = 'succeeded' | 'terminal' | 'canceled';

/** One thing a client wants: a run, or an analysis of some intervals. */
export interface Job {
  readonly kind: 'run' | 'analysis';
  readonly number: number;
  /** absent: it brings its config */
  readonly storedConfig: boolean;
  readonly metric: 'quick' | 'slow' | 'broken';
  /** of an analysis: how often it judges; 1 for a run */
  readonly intervals: number;
  readonly callback: boolean;
  readonly canceled: boolean;
  /** the client says it again with the same key until it is answered */
  readonly idempotent: boolean;
  readonly endings: readonly Ending[];
}

/** Jobs of all kinds, mixed; the same for the same random numbers. */
export function tortureJobs(count: number, random: () => number): Job[] {
  return Array.from({ length: count }, (_, number) => {
    const broken = random() < 0.12;
    const canceled = !broken && random() < 0.15;
    const kind = random() < 0.4 ? 'analysis' : 'run';
    return {
      kind,
      number,
      storedConfig: !broken && random() < 0.4,
      metric: broken ? 'broken' : random() < 0.35 ? 'slow' : 'quick',
      intervals: kind === 'run' ? 1 : 2 + Math.floor(random() * 3),
      callback: random() < 0.4,
      canceled,
      idempotent: random() < 0.25,
      endings: broken ? ['terminal'] : canceled ? ['canceled', 'succeeded'] : ['succeeded'],
    };
  });
}

/** Of one metric, which the metrics store answers so. */
export function configFor(metric: Job['metric']) {
  const query = {
    type: 'prometheus',
    serviceType: 'prometheus',
    customInlineTemplate: `PromQL:${metric}{v="\${scope}"}`,
  };
  const metrics = ['first', 'second'].map((name) => ({ name, query, groups: ['group'], scopeName: 'default' }));
  return configOf(2, { name: `torture-${metric}`, judge: { name: 'NetflixACAJudge-v1.0' }, metrics });
}

/** What is sent to start a job. */
export function startOf(job: Job, configIds: Readonly<Record<string, string>>) {
  const path = job.kind === 'run' ? '/canary' : '/standalone_canary_analysis';
  const executionRequest = job.kind === 'run' ? requestOf() : analysisRequest(job.intervals);
  if (job.storedConfig) return { path: `${path}/${configIds[job.metric]}`, body: executionRequest };
  return { path, body: { canaryConfig: configFor(job.metric), executionRequest } };
}

/** The ends of the windows a job judges, in order. */
export function windowsOf({ kind, intervals }: Job): string[] {
  if (kind === 'run') return [instant(60)];
  return Array.from({ length: intervals }, (_, index) => instant(60 * (index + 1)));
}

function analysisRequest(intervals: number) {
  return {
    scopes: [
      { controlScope: 'v1', experimentScope: 'v2', startTimeIso: instant(0), endTimeIso: instant(60 * intervals) },
    ],
    analysisIntervalMins: 60,
    thresholds: { pass: 95, marginal: 75 },
  };
}

function instant(minutes: number): string {
  return new Date(BEGIN + minutes * MINUTE).toISOString().replace('.000Z', 'Z');
}
