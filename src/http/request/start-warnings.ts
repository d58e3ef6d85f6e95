import { z } from 'zod';

/** One string, since Kayenta's clients read a start's answer as a flat object of strings. */
export const StartWarnings = z
  .string()
  .optional()
  .describe('what is odd about config and request, a line each; absent: nothing');

export function toStartWarnings(warnings: readonly string[]): { warnings?: string } {
  return warnings.length === 0 ? {} : { warnings: warnings.join('\n') };
}
