import type { CanaryConfig } from '../../domain/canary-config.ts';
import type { CanaryExecutionRequest } from '../../domain/canary-execution-request.ts';
import { type CanaryScope, SIDES } from '../../domain/canary-scope.ts';
import type { ConfigProblem } from '../../domain/config-problem.ts';
import { problemOf } from '../../domain/lint-rules.ts';
import { instantMillis } from '../../domain/values/instant.ts';

/** Sides whose step is longer than their window, so that they have one point at most; of scopes that metrics use. */
export function stepAdvice({ metrics = [] }: CanaryConfig, { scopes = {} }: CanaryExecutionRequest): ConfigProblem[] {
  const used = new Set(metrics.flatMap(({ scopeName }) => scopeName ?? []));
  return Object.entries(scopes)
    .filter(([name]) => used.has(name))
    .flatMap(([name, pair]) =>
      SIDES.flatMap((side) => {
        const message = wrongStep(pair[`${side}Scope`] ?? {});
        const path = `executionRequest.scopes.${name}.${side}Scope.step`;
        return message === undefined ? [] : [problemOf('step-too-long', path, message)];
      }),
    );
}

function wrongStep({ start, end, step }: CanaryScope): string | undefined {
  if (start === undefined || end === undefined || step === undefined) return undefined;
  const seconds = (instantMillis(end) - instantMillis(start)) / 1000;
  if (!(step > seconds) || seconds <= 0) return undefined;
  return `${step} s is longer than the window of ${seconds} s: there is one point at most; write a shorter step, such as 60.`;
}
