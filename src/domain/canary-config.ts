import './values/plain-refusals.ts';
import { z } from 'zod';
import { LintSettings } from './silenced-problems.ts';
import { TemplateUses } from './template-use.ts';
import { ChosenId } from './values/chosen-id.ts';
import { FiniteDouble } from './values/double.ts';
import { EpochMillis, OptionalInstant } from './values/instant.ts';
import { Text } from './values/text.ts';

/** A second query beside a metric's own; its other fields are those of the store's query. */
const CompanionQuery = z
  .looseObject({
    type: z.string().optional().describe("the metric's own when absent; never another"),
    customInlineTemplate: z.string().optional().describe('query text, with `${name}` variables'),
    customFilterTemplate: z.string().optional().describe("a key of the config's `templates`"),
    accountName: z.string().optional().describe("the metric's own when absent; never another"),
  })
  .meta({ id: 'SecondQueryOfMetric' });

/**
 * The query. `type` names the provider; the other fields are validated by the provider's schema before a run starts.
 * Unknown fields are kept, except those an editor leaves behind.
 */
export const CanaryMetricQuery = z
  .looseObject({
    type: z.string().min(1).describe('the provider: prometheus, …'),
    customInlineTemplate: z.string().optional().describe('query text, with `${name}` variables'),
    customFilterTemplate: z.string().optional().describe("a key of the config's `templates`"),
    accountName: z
      .string()
      .min(1)
      .optional()
      .describe("the metrics account, if not the run's; lets one config mix stores"),
    denominator: CompanionQuery.optional().describe(
      'a second query of the same store, for what the values are events of: errors here, requests there. Only for judges that say so',
    ),
    traffic: CompanionQuery.optional().describe(
      'a second query of the same store, for the requests behind each value. Only for judges that say so',
    ),
  })
  .transform(({ queryType: _editorState, ...query }) => ({ ...query, serviceType: query.type }))
  .meta({ id: 'CanaryMetricQuery' });
export type CanaryMetricQuery = z.infer<typeof CanaryMetricQuery>;

export const CanaryMetricConfig = z
  .object({
    name: z
      .string()
      .optional()
      .describe('identifies the metric in config, series and result; unique within the config'),
    query: CanaryMetricQuery.optional().describe('a config may be stored without one, as in Kayenta; a run needs it'),
    groups: z.array(z.string()).optional().describe('the metric counts towards the score of each of its groups'),
    analysisConfigurations: z
      .record(z.string(), z.unknown())
      .optional()
      .describe('the judge reads `canary`; its fields are in the schema `<name of the judge>.MetricSettings`'),
    scopeName: z.string().optional().describe("a key in the request's `scopes`"),
  })
  .meta({ id: 'CanaryMetricConfig' });
export type CanaryMetricConfig = z.infer<typeof CanaryMetricConfig>;

export const CanaryClassifierThresholdsConfig = z
  .object({
    pass: FiniteDouble.optional().describe('scores from here on are a Pass'),
    marginal: FiniteDouble.optional().describe('scores from here on, but below pass, are Marginal'),
  })
  .meta({ id: 'CanaryClassifierThresholdsConfig' });
export type CanaryClassifierThresholdsConfig = z.infer<typeof CanaryClassifierThresholdsConfig>;

export const CanaryClassifierConfig = z
  .object({
    groupWeights: z
      .record(z.string(), FiniteDouble.nullable())
      .nullish()
      .describe('weight of each group, adding up to 100'),
    scoreThresholds: CanaryClassifierThresholdsConfig.optional().describe(
      'stored, but runs use the thresholds of their request',
    ),
  })
  .meta({ id: 'CanaryClassifierConfig' });
export type CanaryClassifierConfig = z.infer<typeof CanaryClassifierConfig>;

export const CanaryJudgeConfig = z
  .object({
    name: z.string().optional().describe('absent or empty: the default judge'),
    judgeConfigurations: z
      .record(z.string(), z.unknown())
      .optional()
      .describe("the judge's settings for all metrics; the fields are in the schema `<name of the judge>.Settings`"),
  })
  .meta({ id: 'CanaryJudgeConfig' });

/** What to measure and how to weigh it. */
export const CanaryConfig = z
  .object({
    id: ChosenId.optional().describe('generated when absent or empty'),
    name: z.string().optional().describe('what people call it; needed to store the config'),
    description: Text.optional().describe('what it is for, in words'),
    configVersion: Text.optional().describe('kept as it is; Kayenta writes 1'),
    createdTimestamp: EpochMillis.optional(),
    updatedTimestamp: EpochMillis.optional(),
    createdTimestampIso: OptionalInstant,
    updatedTimestampIso: OptionalInstant,
    applications: z
      .array(z.string())
      .max(1000)
      .optional()
      .describe('the config is listed under these; its name is unique in each'),
    judge: CanaryJudgeConfig.optional().describe('who judges, and with which settings'),
    metrics: z.array(CanaryMetricConfig).optional().describe('what is compared; a run needs one'),
    use: TemplateUses.optional().describe(
      'template packs; their metrics are appended when the config arrives; never returned',
    ),
    templates: z.record(z.string(), z.string()).optional().describe('named query texts'),
    lint: LintSettings.optional().describe('advice that does not apply to this config; nothing else reads it'),
    classifier: CanaryClassifierConfig.optional().describe('how groups of metrics make the score'),
    scopePattern: z
      .string()
      .optional()
      .describe(
        'what `scope`, `location` and the values of `extendedScopeParams` may be: an RE2 pattern for the whole value; ' +
          'absent: anything',
      ),
  })
  .meta({ id: 'CanaryConfig' });
export type CanaryConfig = z.infer<typeof CanaryConfig>;

/** One line of the list of configs. */
export const CanaryConfigSummary = z
  .object({
    id: z.string(),
    name: z.string(),
    updatedTimestamp: EpochMillis,
    updatedTimestampIso: z.string(),
    applications: z.array(z.string()),
    unreadable: z.string().optional().describe('why the stored config cannot be read; absent: it can'),
  })
  .meta({ id: 'CanaryConfigSummary' });
export type CanaryConfigSummary = z.infer<typeof CanaryConfigSummary>;
