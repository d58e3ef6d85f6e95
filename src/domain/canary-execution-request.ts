import { z } from 'zod';
import { Baseline } from './baseline.ts';
import { CanaryClassifierThresholdsConfig, CanaryConfig } from './canary-config.ts';
import { CanaryScopePair } from './canary-scope.ts';
import { Text } from './values/text.ts';

const Metadata = z
  .object({
    name: z.string().describe('what it is called'),
    value: Text.describe('what it says'),
    hidden: z.boolean().default(false).describe('kept, and not shown by clients'),
  })
  .meta({ id: 'CanaryExecutionMetadata' });

/** Which scopes to compare, and the scores that pass. */
export const CanaryExecutionRequest = z
  .object({
    scopes: z
      .record(z.string(), CanaryScopePair)
      .optional()
      .describe("one pair for every `scopeName` of the config's metrics"),
    baseline: Baseline.optional().describe(
      'the baseline is history, so that control scopes need no window; absent: it runs beside the canary, or the ' +
        'control scope says when',
    ),
    trafficPercent: z
      .number({ error: "write the canary's share of the traffic in percent, such as 5" })
      .gt(0, 'must be above 0')
      .max(100, 'must be at most 100')
      .optional()
      .describe(
        "the canary's share of the traffic, in percent, as it was routed: the share that it got is held against it",
      ),
    thresholds: CanaryClassifierThresholdsConfig.optional().describe('the scores that pass'),
    metadata: z
      .array(Metadata)
      .optional()
      .describe('returned unchanged; reports show it, http addresses as links: the commit, the CI job'),
    siteLocal: z.record(z.string(), z.unknown()).optional().describe('returned unchanged'),
  })
  .meta({ id: 'CanaryExecutionRequest' });
export type CanaryExecutionRequest = z.infer<typeof CanaryExecutionRequest>;

/** A config and a request in one: a run without a stored config. */
export const CanaryAdhocExecutionRequest = z
  .object({
    canaryConfig: CanaryConfig.optional().describe('what to measure and how to weigh it'),
    executionRequest: CanaryExecutionRequest.optional().describe('where and when to measure it'),
  })
  .meta({ id: 'CanaryAdhocExecutionRequest' });
export type CanaryAdhocExecutionRequest = z.infer<typeof CanaryAdhocExecutionRequest>;
