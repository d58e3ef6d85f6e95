import { z } from 'zod';
import { CommandError, EXIT } from '../command-error.ts';
import { words } from '../options.ts';

type JsonObject = Readonly<Record<string, unknown>>;

/** That the baseline is history. */
export const BaselineOptions = z.object({
  baselineEarlier: z
    .string()
    .regex(/^\w+(,\w+)*$/, 'must be lengths of time, such as 24h or 24h,48h,72h')
    .optional()
    .meta({ value: 'lengths', description: 'the baseline is so long before, one window each: 24h,48h,72h' }),
  baselineReleases: z.coerce
    .number({ error: 'must be how many releases, such as 3' })
    .int('must be a whole number')
    .min(1, 'must be at least 1')
    .optional()
    .meta({ value: 'count', description: 'the baseline is so many earlier releases that passed' }),
  baselineSince: words('an instant').optional().meta({
    value: 'instant',
    description: 'the baseline is compared at the same age: when it was deployed',
  }),
  canarySince: words('an instant').optional().meta({
    value: 'instant',
    description: 'with --baseline-since, when the canary was deployed (default: the start of its window)',
  }),
});
export type BaselineOptions = z.output<typeof BaselineOptions>;

/** The `baseline` of a request, if the flags say one. @throws CommandError usage when they say two */
export function baselineOf(options: BaselineOptions): JsonObject {
  const { baselineEarlier, baselineReleases, baselineSince, canarySince } = options;
  const kinds = [
    ...(baselineEarlier === undefined
      ? []
      : [['--baseline-earlier', { kind: 'earlier', offsets: baselineEarlier.split(',') }] as const]),
    ...(baselineReleases === undefined
      ? []
      : [['--baseline-releases', { kind: 'goodReleases', releases: baselineReleases }] as const]),
    ...(baselineSince === undefined ? [] : [['--baseline-since', sameAge(baselineSince, canarySince)] as const]),
  ];
  if (kinds.length > 1) {
    const flags = kinds.map(([flag]) => flag).join(' and ');
    throw new CommandError(EXIT.usage, `${flags} say two baselines; give one of them`);
  }
  if (canarySince !== undefined && baselineSince === undefined) {
    throw new CommandError(EXIT.usage, '--canary-since goes with --baseline-since, which is missing');
  }
  return kinds[0] === undefined ? {} : { baseline: kinds[0][1] };
}

function sameAge(controlSince: string, experimentSince: string | undefined): JsonObject {
  return { kind: 'sameAge', controlSince, ...(experimentSince === undefined ? {} : { experimentSince }) };
}
