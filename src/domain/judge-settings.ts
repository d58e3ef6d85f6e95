import type { z } from 'zod';
import { CanaryError } from '../errors.ts';
import type { CanaryConfig, CanaryMetricConfig } from './canary-config.ts';
import type { CanaryJudge, SettingProblem } from './canary-judge.ts';
import type { ConfigProblem } from './config-problem.ts';
import { problemOf } from './lint-rules.ts';
import { excerpt } from './values/excerpt.ts';
import { fieldPath } from './values/field-path.ts';

const COMMON = 'judge.judgeConfigurations';
const OF_METRIC = 'analysisConfigurations.canary';

/** The settings of a config that its judge rejects: every run of the config would fail. */
export function settingProblems(judge: CanaryJudge, config: CanaryConfig): SettingProblem[] {
  const { needs = [], Settings, MetricSettings } = judge;
  const common = check(Settings, config.judge?.judgeConfigurations, { path: COMMON, field: COMMON });
  const metrics = (config.metrics ?? []).flatMap((metric, index) =>
    check(MetricSettings, metric.analysisConfigurations?.canary, {
      path: `metrics[${index}].${OF_METRIC}`,
      field: metricField(metric),
    }),
  );
  const each = [...(needs.includes('classifier') ? classifierProblem(config) : []), ...common, ...metrics];
  return each.length > 0 ? each : (judge.settingsThatClash?.(config) ?? []);
}

/** The same as problems of a validated config: shown at the field, so without its name. */
export function settingsPreventRunning(judge: CanaryJudge, config: CanaryConfig): ConfigProblem[] {
  return settingProblems(judge, config).map(({ path, message }) =>
    problemOf('judge-setting', path, message.startsWith('is ') ? `It ${message}` : message),
  );
}

/** What is odd about settings that the judge accepts. */
export function settingsAdvice(judge: CanaryJudge, config: CanaryConfig): ConfigProblem[] {
  return (judge.settingsAdvice?.(config) ?? []).map(({ path, message }) =>
    problemOf('setting-odd', path, `It ${message}`),
  );
}

/** Parses `judge.judgeConfigurations`. @throws CanaryError JUDGEMENT_FAILED: field, value and remedy */
export function readSettings<T>(Settings: z.ZodType<T>, { judge }: CanaryConfig): T {
  return read(Settings, judge?.judgeConfigurations, COMMON);
}

/** Parses `analysisConfigurations.canary`. @throws CanaryError JUDGEMENT_FAILED: metric, field, … */
export function readMetricSettings<T>(MetricSettings: z.ZodType<T>, metric: CanaryMetricConfig): T {
  return read(MetricSettings, metric.analysisConfigurations?.canary, metricField(metric));
}

/** The place of a metric's setting, for {@link CanaryJudge.settingsThatClash}. */
export function metricSetting(metric: CanaryMetricConfig, index: number, name: string): Place {
  return { path: `metrics[${index}].${OF_METRIC}.${name}`, field: `${metricField(metric)}.${name}` };
}

function metricField({ name }: CanaryMetricConfig): string {
  return `Metric '${name}': ${OF_METRIC}`;
}

function classifierProblem({ classifier }: CanaryConfig): SettingProblem[] {
  if (classifier !== undefined) return [];
  const message = "is missing; give the groups of the metrics weights, together 100: { 'groupWeights': { … } }.";
  return [{ path: 'classifier.groupWeights', field: 'classifier', message }];
}

function read<T>(schema: z.ZodType<T>, value: unknown, field: string): T {
  const parsed = schema.safeParse(value ?? {}, PARSE_OPTIONS);
  if (parsed.success) return parsed.data;
  const [problem] = toProblems(parsed.error, { path: field, field });
  throw new CanaryError('JUDGEMENT_FAILED', `${problem?.field} ${problem?.message}`);
}

type Place = Pick<SettingProblem, 'path' | 'field'>;

function check(schema: z.ZodType, value: unknown, place: Place): SettingProblem[] {
  const { error } = schema.safeParse(value ?? {}, PARSE_OPTIONS);
  return error === undefined ? [] : toProblems(error, place);
}

function toProblems({ issues }: z.ZodError, place: Place): SettingProblem[] {
  return issues.map(({ path, message, input }) => {
    const below = path.length === 0 ? '' : `.${fieldPath(path)}`;
    const is = input === undefined ? 'is missing' : `is ${excerpt(input)}`;
    return { path: place.path + below, field: place.field + below, message: `${is}; ${message.replace(/\.$/, '')}.` };
  });
}

const PARSE_OPTIONS = { reportInput: true, error: (issue: z.core.$ZodRawIssue) => remedyOf(issue) };

const KINDS: Readonly<Record<string, string>> = {
  boolean: 'write true or false, without quotes',
  number: 'write a number, without quotes',
  int: 'write a whole number, without quotes',
  string: 'write a text, in quotes',
  array: 'write a list, in brackets',
  object: 'write an object, in braces',
  record: 'write an object, in braces',
};

/** The remedy, for a check without a message of its own; undefined keeps zod's message. */
function remedyOf(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return KINDS[issue.expected];
    case 'invalid_value':
      return `write ${issue.values.length > 1 ? 'one of ' : ''}${issue.values.join(', ')}, or leave the field out`;
    case 'too_small':
      return issue.origin === 'number' ? `write a number ${atLeast(issue)}${issue.minimum}` : undefined;
    case 'too_big':
      return issue.origin === 'number' ? `write a number ${atMost(issue)}${issue.maximum}` : undefined;
    case 'unrecognized_keys':
      return `leave out ${issue.keys.join(', ')}`;
    default:
      return undefined;
  }
}

function atLeast({ inclusive }: { readonly inclusive?: boolean }): string {
  return inclusive ? 'of at least ' : 'above ';
}

function atMost({ inclusive }: { readonly inclusive?: boolean }): string {
  return inclusive ? 'of at most ' : 'below ';
}
