import { z } from 'zod';
import { Duration, words } from '../options.ts';
import { BaselineOptions } from './baseline-options.ts';

const Score = z.coerce
  .number({ error: 'must be a score from 0 to 100' })
  .min(0, 'must be a score from 0 to 100')
  .max(100, 'must be a score from 0 to 100')
  .optional();

/** How often `--param` may be given. */
const Parameters = z
  .array(z.string().regex(/^[^=]+=/, 'must be name=value, such as region=eu'))
  .default([])
  .meta({ value: 'name=value', description: 'a further variable of the queries; may be repeated' });

/** What to compare: the two sides. */
export const SideOptions = z.object({
  baseline: words('what the baseline is').optional().meta({
    value: 'scope',
    description: 'what runs now: the value of ${scope} in the queries for the baseline',
  }),
  canary: words('what the canary is').optional().meta({
    value: 'scope',
    description: 'what is to be rolled out: the value of ${scope} for the canary',
  }),
  location: words('a location').optional().meta({ value: 'place', description: 'region, zone or namespace' }),
  baselineLocation: words('a location')
    .optional()
    .meta({ value: 'place', description: 'of the baseline, where it is another' }),
  step: z
    .string()
    .default('60s')
    .meta({ value: 'length', description: 'time between points: 60s, 1m, or a number of seconds' }),
  param: Parameters,
});

/** When to compare. */
export const WindowOptions = z.object({
  last: Duration.optional().meta({ value: 'length', description: 'the window that ends now: --last 30m' }),
  for: Duration.optional().meta({
    value: 'length',
    description: 'the window that begins now: --for 30m; the run waits for its end',
  }),
  start: words('an instant').optional().meta({
    value: 'instant',
    description: 'start of the window: 2026-01-01T00:00:00Z, or now-30m',
  }),
  end: words('an instant').optional().meta({ value: 'instant', description: 'its end, exclusive; absent: now' }),
  baselineStart: words('an instant')
    .optional()
    .meta({ value: 'instant', description: "of the baseline's window, where it is another: before and after" }),
  baselineEnd: words('an instant').optional().meta({ value: 'instant', description: 'the end of that' }),
});

/** What else a start says. */
export const RequestOptions = z.object({
  request: words('a file').optional().meta({
    value: 'file',
    description: 'YAML or JSON with scopes, thresholds and more, as the API takes them, perhaps beside canaryConfig',
  }),
  pass: Score.meta({ value: 'score', description: "a score that passes (default: the config's, else 95)" }),
  marginal: Score.meta({ value: 'score', description: "a score that is marginal (default: the config's, else 75)" }),
  account: words('the name of an account')
    .optional()
    .meta({ value: 'name', description: 'the metrics account (default: the first)' }),
  application: words('a name')
    .optional()
    .meta({ value: 'name', description: "the application that lists it (default: the config's first)" }),
});

export const RunOptions = SideOptions.extend(WindowOptions.shape)
  .extend(BaselineOptions.shape)
  .extend(RequestOptions.shape);
export type RunOptions = z.output<typeof RunOptions>;
export type SideOptions = z.output<typeof SideOptions>;
export type RequestOptions = z.output<typeof RequestOptions>;
