import { CommandError, EXIT } from '../command-error.ts';
import { baselineOf } from './baseline-options.ts';
import type { RequestOptions, RunOptions, SideOptions } from './scope-options.ts';

type JsonObject = Readonly<Record<string, unknown>>;

/** What a run compares, as the API takes it. A flag comes before what the file of `--request` says. */
export function executionRequest(options: RunOptions, config: JsonObject, fromFile: JsonObject = {}): JsonObject {
  const given = asObject(fromFile.scopes);
  const names = Object.keys(given).length > 0 ? Object.keys(given) : scopeNames(config);
  const history = { ...fromFile, ...baselineOf(options) };
  if (Object.keys(given).length === 0) requireSides(options, history.baseline !== undefined);
  const window = windowOf(options, Object.keys(given).length > 0);
  const scopes = names.map((name) => {
    const pair = asObject(given[name]);
    const baselineWindow = { ...window, ...defined({ start: options.baselineStart, end: options.baselineEnd }) };
    const baseline = { scope: options.baseline, location: options.baselineLocation ?? options.location };
    const canary = { scope: options.canary, location: options.location };
    const own = Object.keys(given).length === 0 ? { step: options.step } : {};
    return [
      name,
      {
        ...pair,
        controlScope: sideOf(asObject(pair.controlScope), { ...baseline, ...baselineWindow, ...own }, options),
        experimentScope: sideOf(asObject(pair.experimentScope), { ...canary, ...window, ...own }, options),
      },
    ];
  });
  return { ...history, scopes: Object.fromEntries(scopes), thresholds: thresholdsOf(options, config, fromFile) };
}

/** The flags', else those of the request's file, else the config's, else the usual ones. */
export function thresholdsOf({ pass, marginal }: RequestOptions, config: JsonObject, fromFile: JsonObject): JsonObject {
  const ofConfig = asObject(asObject(config.classifier).scoreThresholds);
  const merged = { ...USUAL, ...ofConfig, ...asObject(fromFile.thresholds), ...defined({ pass, marginal }) };
  return { pass: merged.pass, marginal: merged.marginal };
}

const USUAL = { pass: 95, marginal: 75 };

/** Variables by name. */
export function parametersOf({ param }: Pick<SideOptions, 'param'>): Readonly<Record<string, string>> {
  return Object.fromEntries(param.map((text) => [text.slice(0, text.indexOf('=')), text.slice(text.indexOf('=') + 1)]));
}

/** @param isHistory then the baseline need not be named: it is the canary's scope before. @throws CommandError usage without both sides */
export function requireSides({ baseline, canary }: SideOptions, isHistory = false): void {
  const missing = [
    ...(baseline === undefined && !isHistory ? ['--baseline'] : []),
    ...(canary === undefined ? ['--canary'] : []),
  ];
  if (missing.length === 0) return;
  const remedy =
    'say what to compare, such as --baseline shop-stable --canary shop-canary, or pass a file with --request';
  throw new CommandError(EXIT.usage, `${missing.join(' and ')}: missing; ${remedy}`);
}

function windowOf({ last, for: length, start, end }: RunOptions, hasWindow: boolean): JsonObject {
  const ways = [
    ...(last ? ['--last'] : []),
    ...(length ? ['--for'] : []),
    ...((start ?? end) ? ['--start/--end'] : []),
  ];
  if (ways.length > 1) {
    throw new CommandError(EXIT.usage, `${ways.join(' and ')} say two windows; give one of them`);
  }
  // As text: the same command a minute later is the same request, and so goes on with the same run.
  if (last !== undefined) return { start: `now-${last}`, end: 'now' };
  if (length !== undefined) return { start: 'now', end: `now+${length}` };
  if (start !== undefined) return { start, end: end ?? 'now' };
  if (hasWindow) return defined({ end });
  const remedy = '--last 30m judges the last half hour, --for 30m the next one, --start and --end any other';
  throw new CommandError(EXIT.usage, `say which window to judge: ${remedy}`);
}

function sideOf(fromFile: JsonObject, flags: JsonObject, options: SideOptions): JsonObject {
  const parameters = { ...asObject(fromFile.extendedScopeParams), ...parametersOf(options) };
  const more = Object.keys(parameters).length === 0 ? {} : { extendedScopeParams: parameters };
  return { ...fromFile, ...defined(flags), ...more };
}

/** The pairs of scopes that the metrics of a config name. */
export function scopeNames({ metrics, use }: JsonObject): string[] {
  const named = [...asList(metrics), ...asList(use)].map((one) => asObject(one).scopeName);
  const names = named.map((name) => (typeof name === 'string' && name !== '' ? name : 'default'));
  return [...new Set(names.length === 0 ? ['default'] : names)];
}

function defined(fields: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function asObject(value: unknown): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : value === undefined ? [] : [value];
}
