import { z } from 'zod';
import { flag } from './setting-fields.ts';

/**
 * What a failure of the metric means for the canary, of judges whose verdict comes from single metrics.
 *
 * @param failure in words: `it is beyond its limits`
 * @param critical what the old word for it says
 */
export function importanceFields(failure: string, critical: string) {
  return {
    importance: z
      .enum(['critical', 'normal', 'advisory'])
      .optional()
      .meta({
        'x-section': 'harm',
        title: 'Importance',
        description: `what it means when ${failure}; absent: critical if \`critical\` is true, else normal`,
        'x-meanings': {
          critical: 'the canary fails with a score of 0',
          normal: 'the canary fails',
          advisory: 'the score is lowered by the weight of the metric',
        },
      }),
    critical: flag({ title: 'Critical', description: critical, section: 'harm' }),
    muted: flag({ title: 'Muted', description: 'judged and shown, but not counted', section: 'harm' }),
  };
}
