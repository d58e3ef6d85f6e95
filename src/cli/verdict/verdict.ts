import { z } from 'zod';
import { VerdictReport } from '../../domain/verdict-report.ts';

/** What a service says of a run or an analysis; a newer one may say more. */
export const Verdict = z.looseObject(VerdictReport.shape);
export type Verdict = z.infer<typeof Verdict>;

/** What is waited for. */
export interface Judged {
  readonly kind: 'run' | 'analysis';
  readonly id: string;
}

/** Its address in the API. */
export function pathOf({ kind, id }: Judged): string {
  return `/${kind === 'run' ? 'canary' : 'standalone_canary_analysis'}/${encodeURIComponent(id)}`;
}
