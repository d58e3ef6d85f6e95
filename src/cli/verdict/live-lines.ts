import { styleText } from 'node:util';
import { z } from 'zod';
import { MetricFetch } from '../../domain/metric-fetch.ts';
import { printable } from '../terminal/text-table.ts';
import { progressText } from './progress-text.ts';
import type { Verdict } from './verdict.ts';

interface Screen {
  readonly rows: number;
  readonly columns: number;
  readonly colours: boolean;
}

const STATES = { waits: 'yellow', asks: 'cyan', answered: 'green' } as const;
type State = keyof typeof STATES;

interface MetricLine {
  readonly metric: string;
  readonly state: State;
  readonly note: string;
}

const Watched = z.looseObject({ fetchReport: z.array(MetricFetch).optional() });

/** The head line and one line for each metric, those first that are not done; as many as the screen holds. */
export function liveLines(verdict: Verdict, execution: unknown, { rows, columns, colours }: Screen): string[] {
  const fetches = Watched.safeParse(execution).data?.fetchReport ?? [];
  const all = metricLines(fetches);
  const most = Math.max(1, rows - 4);
  const shown = all.slice(0, most).map(({ metric, state, note }) => {
    const text = cut(`  ${state.padEnd(9)} ${metric}${note === '' ? '' : `: ${note}`}`, columns);
    return colours ? text.replace(state, styleText(STATES[state], state, { validateStream: false })) : text;
  });
  const more = all.length > most ? [cut(`  and ${all.length - most} more`, columns)] : [];
  return [cut(progressText(verdict), columns), ...shown, ...more];
}

function metricLines(fetches: readonly MetricFetch[]): MetricLine[] {
  const byMetric = Map.groupBy(fetches, ({ metric }) => metric);
  const lines = [...byMetric].map(([metric, queries]) => ({ metric, ...stateOf(queries) }));
  const order = Object.keys(STATES);
  return lines.sort((one, other) => order.indexOf(one.state) - order.indexOf(other.state));
}

function stateOf(queries: readonly MetricFetch[]): Omit<MetricLine, 'metric'> {
  const open = queries.filter(({ millis }) => millis === undefined);
  if (open.length === 0) return { state: 'answered', note: '' };
  const waiting = open.find(({ waitingFor, nextAttemptMillis }) => waitingFor ?? nextAttemptMillis);
  if (waiting === undefined) return { state: 'asks', note: '' };
  const { attempts, lastError, waitingFor, side } = waiting;
  const name = side === 'control' ? 'baseline' : 'canary';
  return { state: 'waits', note: `${name}, after attempt ${attempts}: ${waitingFor ?? lastError ?? 'retry'}` };
}

function cut(text: string, columns: number): string {
  const clean = printable(text);
  return clean.length < columns ? clean : `${clean.slice(0, Math.max(1, columns - 2))}…`;
}
