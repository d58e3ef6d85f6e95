import type { JudgeDescription } from '../../domain/canary-judge.ts';
import { type SchemaField, schemaFields } from '../../domain/schema-fields.ts';
import { SETTING_SECTIONS } from '../../domain/setting-sections.ts';
import { valueAt } from '../../domain/values/field-path.ts';

/** A judge as the editor offers it, with all its settings. */
export interface JudgeChoice {
  readonly name: string;
  readonly visible: boolean;
  /** of `judge.judgeConfigurations` */
  readonly settings: readonly SchemaField[];
  /** of `analysisConfigurations.canary` of a metric */
  readonly metricSettings: readonly SchemaField[];
  /** whether it reads second queries of a metric */
  readonly readsCompanions: boolean;
}

export function judgeChoice({ name, visible, Settings, MetricSettings, companions }: JudgeDescription): JudgeChoice {
  const [settings, metricSettings] = [schemaFields(Settings), schemaFields(MetricSettings)];
  return {
    name,
    visible,
    settings: settings.map(withDefaultChoice),
    metricSettings: metricSettings.map(withDefaultChoice),
    readsCompanions: companions !== undefined,
  };
}

/** The sections of forms, in their order. */
export const SECTIONS = Object.entries(SETTING_SECTIONS).map(([id, texts]) => ({ id, ...texts }));

/** The first choice leaves the field out and names the default. */
function withDefaultChoice(field: SchemaField): SchemaField {
  if (field.choices === undefined) return field;
  const usual = field.choices.find(({ value }) => value === field.default)?.text;
  const text = usual === undefined ? 'not set' : `${usual} (the default)`;
  return { ...field, choices: [{ value: '', text }, ...field.choices] };
}

/** A setting of a config in words: "Missing values: count as 0". */
export interface SettingFact {
  readonly name: string;
  readonly label: string;
  /** absent: a flag that is set */
  readonly text?: string;
}

/** A config's judge settings: all that are set, and for those with a few choices the default too. */
export function settingFacts(fields: readonly SchemaField[], settings: unknown): SettingFact[] {
  const facts = fields.flatMap((field) => factOf(field, valueAt(settings, field.name)));
  const knownNames = new Set(fields.map(({ name }) => name.split('.')[0]));
  const strange = Object.entries(isObject(settings) ? settings : {}).filter(([name]) => !knownNames.has(name));
  return [...facts, ...strange.map(([name, value]) => ({ name, label: name, text: textOf(value) }))];
}

function factOf({ name, label, kind, rare, choices = [], default: usual }: SchemaField, value: unknown): SettingFact[] {
  if (kind === 'flag' && value === true) return [{ name, label }];
  if (kind === 'flag' && value === false) return [];
  const shown = value ?? (kind === 'choice' && !rare ? usual : undefined);
  if (shown === undefined || shown === null) return [];
  return [{ name, label, text: choices.find((choice) => choice.value === shown)?.text ?? textOf(shown) }];
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
