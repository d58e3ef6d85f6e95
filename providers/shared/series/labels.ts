import { z } from 'zod';

/**
 * Labels of a series by name. One called `__proto__` is refused: objects and their schemas drop it without a word, and
 * two series that only it tells apart would be one.
 */
export const Labels = z.unknown().superRefine(refuseProto).pipe(z.record(z.string(), z.string()));

function refuseProto(labels: unknown, context: z.RefinementCtx): void {
  if (typeof labels !== 'object' || labels === null || !Object.hasOwn(labels, '__proto__')) return;
  const message = 'a label is called __proto__, which cannot be kept; aggregate it away, or rename it in the query';
  context.addIssue({ code: 'custom', message });
}
