import { BacktestOptions } from '../../domain/backtest.ts';
import { KNOWN_CHANGE_NAMES } from '../../domain/backtest-report.ts';
import type { CanaryExecutionRequest } from '../../domain/canary-execution-request.ts';
import { toInstant } from '../../domain/values/instant.ts';
import { JUDGE_FIELD } from '../backtest/form-address.ts';
import {
  type FieldErrors,
  type PreviewValues,
  readPreviewValues,
  toExecutionRequest,
} from '../configs/preview-values.ts';

/** The form that starts a backtest: texts, as the fields hold them. */
export interface BacktestValues extends PreviewValues {
  /** `1h` */
  readonly window: string;
  readonly arms: string;
  /** how many releases, for those arms */
  readonly releases: string;
  /** names of judges to have beside the config's */
  readonly judges: readonly string[];
  /** `none`: no known change is made; empty: all */
  readonly changes: string;
}

const WEEK_MILLIS = 7 * 24 * 3_600_000;
const MINUTE_MILLIS = 60_000;

/** The submitted values, or the default: a week of windows of an hour. */
export function readBacktestValues(
  given: Readonly<Record<string, string | undefined>>,
  names: readonly string[],
  nowMillis: number,
): BacktestValues {
  const end = Math.floor(nowMillis / MINUTE_MILLIS) * MINUTE_MILLIS;
  const { window, arms, releases, changes } = given;
  // The end of a form that lay open for a while is over; the default of one that is new is, too.
  const start = given.start || toInstant(end - WEEK_MILLIS);
  const ticked = Object.keys(given).filter((name) => name.startsWith(JUDGE_FIELD) && given[name] !== '');
  return {
    ...readPreviewValues({ ...given, start }, names, nowMillis),
    window: window || '1h',
    arms: arms || 'scopes',
    releases: releases || '20',
    judges: ticked.map((name) => name.slice(JUDGE_FIELD.length)),
    changes: changes === 'none' ? 'none' : '',
  };
}

export interface BacktestParts {
  readonly request: CanaryExecutionRequest;
  /** absent: there are errors */
  readonly options?: BacktestOptions | undefined;
  readonly errors: FieldErrors;
}

/** What the values ask for, or their problems. Releases have scopes and a time of their own. */
export function toBacktestParts(values: BacktestValues): BacktestParts {
  const ofReleases = values.arms === 'releases';
  const { request, errors } = toExecutionRequest(values);
  const parsed = BacktestOptions.safeParse({
    windowMinutes: values.window,
    arms: values.arms,
    ...(ofReleases ? { releases: Number(values.releases) } : {}),
    judges: values.judges,
    changes: values.changes === 'none' ? [] : KNOWN_CHANGE_NAMES,
  });
  const issues = (parsed.error?.issues ?? []).map(({ path, message }) => {
    // What is wrong with other fields is told at the top of the form.
    const field = path[0] === 'windowMinutes' ? 'window' : path[0] === 'releases' ? 'releases' : '';
    return [field, message] as const;
  });
  return {
    request: ofReleases ? { thresholds: request.thresholds } : request,
    options: parsed.data,
    errors: new Map([...(ofReleases ? [...errors].filter(([field]) => isThreshold(field)) : errors), ...issues]),
  };
}

function isThreshold(field: string): boolean {
  return field === 'pass' || field === 'marginal';
}

/** The field that a refusal is about, as far as its words say it; otherwise it is of the whole form. */
export function fieldOf(message: string): string {
  if (message.startsWith('backtest.windowMinutes')) return 'window';
  if (message.startsWith('backtest.releases')) return 'releases';
  return /^executionRequest\.scopes\.[^ ]+\.(start|end)\b/.exec(message)?.[1] ?? '';
}
