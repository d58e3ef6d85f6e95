import type { CanaryExecutionStatusResponse } from '../domain/run.ts';
import { count } from './format.ts';
import type { MetricReport } from './metric-report.ts';

const MOST_NAMES = 3;

/** What decided the run, in a sentence or two. */
export function headlineOf(run: CanaryExecutionStatusResponse, metrics: readonly MetricReport[]): string {
  if (run.status === 'canceled') return 'The run was canceled before it was judged.';
  if (run.exception !== undefined) return 'The run ended without a verdict.';
  if (!run.complete) return 'The run is under way.';
  const counted = metrics.filter(({ standing }) => standing !== 'muted');
  const critical = counted.filter(({ standing }) => standing === 'critical failure');
  const failed = counted.filter(({ standing }) => standing === 'critical failure' || standing === 'failure');
  const empty = counted.filter(({ classification }) => classification === 'Nodata').length;
  const nodata = empty === 0 ? '' : ` ${empty} had no data.`;
  if (critical.length > 0) {
    const word = critical.length === 1 ? 'A critical metric' : `${critical.length} critical metrics`;
    return `${word} failed, which fails the canary: ${names(critical)}.`;
  }
  if (empty * 2 >= counted.length && empty > 0) {
    return `${empty} of ${count(counted.length, 'metric')} had no data; with half of them or more, the canary fails.`;
  }
  if (failed.length === 0) return `None of ${count(counted.length, 'metric')} failed.${nodata}`;
  return `${failed.length} of ${count(counted.length, 'metric')} failed: ${names(failed)}.${nodata}`;
}

function names(metrics: readonly MetricReport[]): string {
  const shown = metrics.slice(0, MOST_NAMES).map(({ name }) => `“${shortened(name)}”`);
  const others = metrics.length - shown.length;
  return `${shown.join(', ')}${others === 0 ? '' : ` and ${count(others, 'other')}`}`;
}

const LONGEST_NAME = 80;

/** Whole characters, including those of two UTF-16 units. */
function shortened(name: string): string {
  const characters = [...name];
  return characters.length <= LONGEST_NAME ? name : `${characters.slice(0, LONGEST_NAME).join('')}…`;
}
