import { z } from 'zod';
import { choice, words } from '../options.ts';
import { ServiceOptions } from './service-options.ts';

/** Options of every command that lists what was started. @param what `runs` */
export const listOptions = (what: string) =>
  z.object({
    url: ServiceOptions.shape.url,
    application: words('a name').optional().meta({ value: 'name', description: 'only of this one (default: all)' }),
    limit: z.coerce
      .number({ error: `must be a number of ${what}` })
      .int('must be a whole number')
      .min(1, 'must be at least 1')
      .max(1000, 'must be at most 1000')
      .default(20)
      .meta({ value: 'count', description: 'how many, the newest' }),
    output: choice(['text', 'json']).default('text').describe('what is printed'),
  });
