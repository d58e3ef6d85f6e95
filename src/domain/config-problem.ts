import { z } from 'zod';

/** Something in a config that does not work, or not the way it looks. */
export const ConfigProblem = z
  .object({
    path: z.string().describe('the field, such as `metrics[2].query.expr`; empty: the whole config'),
    message: z.string().describe('what is wrong and how to fix it, for people'),
    prevents: z.enum(['saving', 'running', 'nothing']).describe('what the problem prevents; `nothing` is advice'),
    rule: z.string().describe('the name of the rule that found it, as `lint.ignore` of a config takes it'),
    silenced: z.string().optional().describe('why the config says that this is meant; absent: it does not'),
  })
  .meta({ id: 'CanaryConfigProblem' });
export type ConfigProblem = z.infer<typeof ConfigProblem>;

/** A problem in a sentence: `metrics[0].query.statistic: not known, does nothing; did you mean 'stat'?` */
export function problemText({ path, message }: Pick<ConfigProblem, 'path' | 'message'>): string {
  const said = /[.?!…]$/.test(message) ? message : `${message}.`;
  return path === '' ? said : `${path}: ${said}`;
}
