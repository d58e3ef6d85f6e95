import { z } from 'zod';
import { shortDurationMillis } from '../../domain/values/short-duration.ts';
import { CommandError, EXIT } from '../command-error.ts';
import { Duration, words } from '../options.ts';
import { BaselineOptions, baselineOf } from './baseline-options.ts';
import { parametersOf, requireSides, scopeNames, thresholdsOf } from './execution-request.ts';
import { RequestOptions, SideOptions } from './scope-options.ts';

type JsonObject = Readonly<Record<string, unknown>>;

/** What an analysis says besides the two sides. */
export const AnalysisOptions = SideOptions.extend(BaselineOptions.shape)
  .extend(RequestOptions.shape)
  .extend({
    lifetime: Duration.optional().meta({ value: 'length', description: 'how long it goes on: 1h' }),
    interval: Duration.optional().meta({
      value: 'length',
      description: 'how often it judges: 10m (default: once, at the end)',
    }),
    ramp: z
      .boolean()
      .default(false)
      .describe('judge each share of the traffic that `analysis step` announces, --interval after it'),
    shares: z
      .string()
      .regex(/^\d+(\.\d+)?(,\d+(\.\d+)?)*$/, 'must be shares of the traffic in percent, such as 1,5,25,50')
      .optional()
      .meta({ value: 'percents', description: 'a ramp with these steps: 1,5,25,50' }),
    beginAfter: Duration.optional().meta({ value: 'length', description: 'warm-up before the first interval' }),
    lookback: Duration.optional().meta({
      value: 'length',
      description: 'judge only so much of the last time (default: all since the start)',
    }),
    start: words('an instant').optional().meta({
      value: 'instant',
      description: 'where it begins: 2026-01-01T00:00:00Z, or now-30m (default: now)',
    }),
    end: words('an instant').optional().meta({
      value: 'instant',
      description: 'where it ends; a past one is judged at once, without --lifetime',
    }),
  });
export type AnalysisOptions = z.output<typeof AnalysisOptions>;

const MINUTE_MILLIS = 60_000;

/** What an analysis compares, as the API takes it. A flag comes before what the file of `--request` says. */
export function analysisRequest(options: AnalysisOptions, config: JsonObject, fromFile: JsonObject = {}): JsonObject {
  const { lifetime, interval, beginAfter, lookback } = options;
  const minutes = Object.entries({
    lifetimeDurationMins: ['--lifetime', lifetime],
    analysisIntervalMins: ['--interval', interval],
    beginAfterMins: ['--begin-after', beginAfter],
    lookbackMins: ['--lookback', lookback],
  }).flatMap(([field, [flag = '', length]]) => (length === undefined ? [] : [[field, minutesOf(flag, length)]]));
  const request = {
    ...fromFile,
    ...baselineOf(options),
    scopes: scopesOf(options, config, fromFile),
    thresholds: thresholdsOf(options, config, fromFile),
    ...Object.fromEntries(minutes),
    ...rampOf(options),
  };
  if ('ramp' in request) return request;
  if ('lifetimeDurationMins' in request || options.end !== undefined || fromFile.scopes !== undefined) return request;
  const remedy = '--lifetime 1h goes on for an hour, --end judges a window that is over';
  throw new CommandError(EXIT.usage, `say how long the analysis goes on: ${remedy}`);
}

function rampOf({ ramp, shares }: AnalysisOptions): JsonObject {
  if (shares !== undefined) return { ramp: { shares: shares.split(',').map(Number) } };
  return ramp ? { ramp: {} } : {};
}

function scopesOf(
  options: AnalysisOptions,
  config: JsonObject,
  { scopes, baseline: ofFile }: JsonObject,
): readonly JsonObject[] {
  const given: readonly JsonObject[] = Array.isArray(scopes) ? scopes : [];
  const isHistory = ofFile !== undefined || 'baseline' in baselineOf(options);
  if (given.length === 0) requireSides(options, isHistory);
  const own = given.length > 0 ? given : scopeNames(config).map((scopeName) => ({ scopeName, step: options.step }));
  const { baseline, canary, location, baselineLocation, start, end } = options;
  const flags = Object.entries({
    controlScope: baseline,
    experimentScope: canary,
    controlLocation: baselineLocation ?? location,
    experimentLocation: location,
    startTimeIso: start,
    endTimeIso: end,
  }).filter(([, value]) => value !== undefined);
  const parameters = parametersOf(options);
  const more = Object.keys(parameters).length === 0 ? {} : { extendedScopeParams: parameters };
  return own.map((scope) => ({ ...scope, ...Object.fromEntries(flags), ...more }));
}

/** @throws CommandError usage when it is no whole number of minutes */
function minutesOf(flag: string, length: string): number {
  const minutes = (shortDurationMillis(length) ?? 0) / MINUTE_MILLIS;
  if (Number.isInteger(minutes)) return minutes;
  throw new CommandError(EXIT.usage, `${flag}: '${length}' is no whole number of minutes, in which analyses count`);
}
