import { z } from 'zod';
import type { ConfigProblem } from './config-problem.ts';
import { LINT_RULES, problemOf } from './lint-rules.ts';
import { closestNames } from './values/closest-names.ts';

/** `lint` of a config: which advice does not apply to it, and why. */
export const LintSettings = z
  .object({
    ignore: z
      .array(
        z.object({
          rule: z.string().describe('the name of the rule, as a problem has it'),
          metric: z.string().optional().describe('only of this metric; absent: of the whole config'),
          reason: z.string().min(1, 'write why it is meant').describe('why it is meant'),
        }),
      )
      .max(200)
      .optional()
      .describe('advice that is meant: the rule, and why'),
  })
  .meta({ id: 'LintSettings' });
export type LintSettings = z.infer<typeof LintSettings>;

/** As much of a config as silencing needs. */
interface Silencing {
  readonly lint?: LintSettings | undefined;
  readonly metrics?: readonly { readonly name?: string | undefined }[] | undefined;
}

/** The problems, with the reason where the config says that one is meant. Only advice can be silenced. */
export function withSilenced(problems: readonly ConfigProblem[], config: Silencing): ConfigProblem[] {
  return [...withReasons(problems, config), ...(config.lint?.ignore ?? []).flatMap(silencesNothing)];
}

/** The same, without what is wrong with the silences themselves. */
export function withReasons(problems: readonly ConfigProblem[], { lint, metrics = [] }: Silencing): ConfigProblem[] {
  const ignored = lint?.ignore ?? [];
  return problems.map((problem) => {
    const at = ignored.findIndex(({ rule, metric }) => {
      return rule === problem.rule && (metric === undefined || metric === metricOf(problem, metrics));
    });
    if (at < 0 || problem.prevents !== 'nothing') return problem;
    return { ...problem, silenced: ignored[at]?.reason ?? '' };
  });
}

function metricOf({ path }: ConfigProblem, metrics: NonNullable<Silencing['metrics']>): string | undefined {
  const index = /^metrics\[(\d+)\]/.exec(path)?.[1];
  return index === undefined ? undefined : metrics[Number(index)]?.name;
}

function silencesNothing({ rule }: { readonly rule: string }, index: number): ConfigProblem[] {
  const at = `lint.ignore[${index}]`;
  if (!Object.hasOwn(LINT_RULES, rule)) {
    const near = closestNames(rule, Object.keys(LINT_RULES)).map((name) => `'${name}'`);
    const meant = near.length === 0 ? '`haldane config lint --rules` lists them' : `did you mean ${near.join(' or ')}?`;
    return [problemOf('silence-unknown', `${at}.rule`, `There is no rule '${rule}'; ${meant}`)];
  }
  const { prevents } = LINT_RULES[rule as keyof typeof LINT_RULES];
  // A rule that finds nothing here may find something where there are accounts.
  if (prevents === 'nothing') return [];
  const message = `The rule '${rule}' tells what prevents ${prevents}, and cannot be silenced; leave this out.`;
  return [problemOf('silence-unknown', at, message)];
}
