import { z } from 'zod';
import { CanaryConfig } from './canary-config.ts';
import { CanaryExecutionRequest } from './canary-execution-request.ts';

const LeftOut = z.object({ metric: z.string(), why: z.string().describe('a phrase') });

const LabelValues = z.object({
  label: z.string(),
  values: z
    .array(z.object({ value: z.string(), targets: z.number().int().describe('instances, or series, with the value') }))
    .describe('most first'),
});
const VersionLabel = LabelValues.extend({ reason: z.string().describe('why it is believed to tell versions apart') });

/** A pack that an account has something of. */
export const SurveyedPack = z
  .object({
    id: z.string(),
    name: z.string(),
    metrics: z.array(z.string()).describe('its metrics that can be judged'),
    left: z.array(LeftOut).describe('its other metrics, and why'),
    of: z.number().int().describe('how many metrics the pack has'),
    variables: z.record(z.string(), z.string()).describe("values for the pack's variables"),
    seenIn: z.string().describe('the metric whose labels were looked at'),
    versions: VersionLabel.extend({
      arms: z
        .object({ baseline: z.string(), canary: z.string(), told: z.string().describe('how they were told apart') })
        .optional()
        .describe('absent: which two to compare is not clear'),
    })
      .optional()
      .describe('absent: no label tells versions apart'),
    candidates: z.array(VersionLabel).describe('other labels that may tell versions apart'),
    place: LabelValues.extend({ chosen: z.string().optional() }).optional().describe('which service it is'),
    problem: z.string().optional().describe('why it cannot be used yet, and what to do'),
  })
  .meta({ id: 'SurveyedPack' });

/** A version that runs now, with its part of the traffic. */
export const SurveyedVersion = z
  .object({
    value: z.string().describe('of the label'),
    targets: z.number().int().describe('instances that have it'),
    traffic: z.number().optional().describe('mean of the window; absent: not asked, or no data'),
    share: z.number().optional().describe('of the traffic of the versions listed with one, 0 to 1'),
    minutes: z.number().optional().describe('for how much of the window there is traffic'),
  })
  .meta({ id: 'SurveyedVersion' });
export type SurveyedVersion = z.infer<typeof SurveyedVersion>;

/** What can be judged at once. */
export const SurveyProposal = z
  .object({
    packs: z.array(z.string()).describe('ids; what can be judged together'),
    label: z.string().optional().describe('the label that tells versions apart'),
    baseline: z.string().optional(),
    canary: z.string().optional(),
    location: z.string().optional(),
    versions: z.array(SurveyedVersion),
    traffic: z
      .object({ metric: z.string(), unit: z.string() })
      .optional()
      .describe('what the traffic of the versions is; absent: no metric found counts it'),
    config: CanaryConfig.describe('as POST /canaryConfig takes it'),
    request: CanaryExecutionRequest.describe('as POST /canary/{id} takes it'),
    warnings: z.array(z.string()).describe('what would make a verdict weak or wrong, a sentence each'),
  })
  .meta({ id: 'SurveyProposal' });
export type SurveyProposal = z.infer<typeof SurveyProposal>;

/** What an account has to judge. */
export const Survey = z
  .object({
    account: z.string(),
    type: z.string(),
    metrics: z.number().int().describe('how many metrics there are'),
    packs: z.array(SurveyedPack).describe('packs that match, the best first'),
    others: z
      .array(
        z.object({
          id: z.string(),
          name: z.string(),
          metrics: z.array(z.string()).describe('its metrics that are there'),
          left: z.array(LeftOut),
          of: z.number().int(),
        }),
      )
      .describe('packs of which there is too little to judge by'),
    proposal: SurveyProposal.optional().describe('absent: no pack matches'),
  })
  .meta({ id: 'Survey' });
export type Survey = z.infer<typeof Survey>;
