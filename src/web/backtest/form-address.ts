import type { BacktestAnswer } from '../../domain/backtest.ts';
import type { CanaryExecutionRequest } from '../../domain/canary-execution-request.ts';

/** Of a field of that form for one judge; its name follows. */
export const JUDGE_FIELD = 'judge.';

/** The address of the form with what a backtest asked for. */
export function formAddress(
  backtest: Pick<BacktestAnswer, 'canaryConfigId' | 'options' | 'executionRequest'>,
): string | undefined {
  const { canaryConfigId, options, executionRequest: request } = backtest;
  if (canaryConfigId === undefined) return undefined;
  const { windowMinutes, arms, releases, judges, changes } = options;
  const fields: [string, string | undefined][] = [
    ['window', `${windowMinutes}m`],
    ['arms', arms],
    ['releases', releases === undefined ? undefined : String(releases)],
    ['changes', changes.length === 0 ? 'none' : undefined],
    ...judges.map((name): [string, string] => [`${JUDGE_FIELD}${name}`, 'true']),
    ...scopeFields(request),
    ['pass', textOf(request.thresholds?.pass)],
    ['marginal', textOf(request.thresholds?.marginal)],
  ];
  const known = fields.filter((field): field is [string, string] => field[1] !== undefined);
  return `/configs/${encodeURIComponent(canaryConfigId)}/backtest?${new URLSearchParams(known)}`;
}

function scopeFields({ scopes = {} }: CanaryExecutionRequest): [string, string | undefined][] {
  return Object.entries(scopes).flatMap(([name, { controlScope = {}, experimentScope = {} }], index) => {
    const suffix = index === 0 ? '' : `.${name}`;
    const places: [string, string | undefined][] = [
      [`control${suffix}`, controlScope.scope],
      [`controlLocation${suffix}`, controlScope.location],
      [`experiment${suffix}`, experimentScope.scope],
      [`experimentLocation${suffix}`, experimentScope.location],
    ];
    if (index > 0) return places;
    const parameters = Object.entries(controlScope.extendedScopeParams ?? {}).map(([key, text]) => `${key}=${text}`);
    const { start, end, step } = controlScope;
    return [...places, ['start', start], ['end', end], ['step', textOf(step)], ['params', parameters.join('\n')]];
  });
}

function textOf(value: number | string | undefined): string | undefined {
  return value === undefined ? undefined : String(value);
}
