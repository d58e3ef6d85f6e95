import type { ConfigProblem } from './config-problem.ts';

/** What is looked for in a config: by its name, what it prevents, and why it matters. */
export const LINT_RULES = {
  'field-invalid': { prevents: 'saving', why: 'a field has the wrong type, so nobody can tell what was meant' },
  'name-missing': { prevents: 'saving', why: 'configs are found by their names' },
  'name-unusable': { prevents: 'saving', why: "Kayenta's clients accept letters, digits, - and _ only" },
  'name-taken': { prevents: 'saving', why: 'a name is unique in each application' },
  'application-missing': { prevents: 'saving', why: 'configs are listed by application' },
  'metric-name-missing': { prevents: 'saving', why: 'series, settings and results are found by name' },
  'metric-name-repeated': { prevents: 'saving', why: 'of two metrics of a name only the first would be judged' },
  'query-type-unknown': { prevents: 'saving', why: 'nobody here could send the query' },
  'query-holds-data': { prevents: 'saving', why: 'the data of a run belong to the run' },
  'scope-pattern-invalid': { prevents: 'saving', why: 'a pattern that cannot be read would let everything through' },
  'template-pack': { prevents: 'saving', why: 'what a pack would add cannot be known' },
  'too-many-metrics': { prevents: 'saving', why: 'a run of it would be refused' },
  'metrics-missing': { prevents: 'running', why: 'a canary without metrics has no verdict' },
  'judge-unknown': { prevents: 'running', why: 'nobody would judge it' },
  'judge-setting': { prevents: 'running', why: 'the judge refuses the setting, so every run would fail' },
  'query-missing': { prevents: 'running', why: 'there is nothing to ask' },
  'query-invalid': { prevents: 'running', why: 'the metrics store would refuse it' },
  'provider-unknown': { prevents: 'running', why: 'there is no such metrics store here' },
  'scope-missing': { prevents: 'running', why: 'the query would not know what to measure' },
  'companion-invalid': { prevents: 'running', why: 'a second query must be one of the same store' },
  'request-invalid': { prevents: 'running', why: 'the run would be refused' },
  'field-unknown': { prevents: 'nothing', why: 'nobody reads the field: often another one, misspelt' },
  'word-unknown': { prevents: 'nothing', why: 'the judge takes the default instead' },
  'metric-without-group': { prevents: 'nothing', why: 'it does not count in the score' },
  'group-without-metric': { prevents: 'nothing', why: 'its weight is missing from every score' },
  'group-without-weight': { prevents: 'nothing', why: 'it counts what the others leave, perhaps nothing' },
  'weights-not-100': { prevents: 'nothing', why: 'no score reaches 100, or it is above' },
  'companion-unread': { prevents: 'nothing', why: 'the judge of the config does not ask for it' },
  'same-question': { prevents: 'nothing', why: 'both sides would be the same data, which always pass' },
  'variable-unreplaced': { prevents: 'nothing', why: 'the metrics store gets the variable as it is written' },
  'points-overlap': { prevents: 'nothing', why: 'neighbouring points share their data and say less than they seem to' },
  'step-too-long': { prevents: 'nothing', why: 'one point is too little to judge' },
  'history-few-windows': {
    prevents: 'nothing',
    why: 'one or two windows of the past do not say how much such windows differ by themselves',
  },
  'history-newest-only': { prevents: 'nothing', why: 'the judge of the config compares with one window of the past' },
  'history-other-hour': { prevents: 'nothing', why: 'another hour of the day has another load' },
  'history-incomplete': { prevents: 'nothing', why: 'fewer earlier releases than asked for say less' },
  'arms-apart': {
    prevents: 'nothing',
    why: 'arms that were measured at different times differ in more than the release',
  },
  'thresholds-odd': { prevents: 'nothing', why: 'every score passes, or none does' },
  'setting-odd': { prevents: 'nothing', why: 'the judge does not do with it what it looks like' },
  'backtest-missing': { prevents: 'nothing', why: 'nobody knows how often it alarms without a reason' },
  'backtest-unfinished': { prevents: 'nothing', why: 'it says less than was asked, perhaps nothing' },
  'backtest-outdated': { prevents: 'nothing', why: 'another config was tried than this one' },
  'backtest-few-windows': {
    prevents: 'nothing',
    why: 'so few windows leave more false alarms possible than are allowed',
  },
  'false-alarms': { prevents: 'nothing', why: 'a config that cries wolf is not believed when it is right' },
  'metric-noisy': { prevents: 'nothing', why: 'most of its alarms mean nothing' },
  'metric-blind': { prevents: 'nothing', why: 'it cannot find what it is there to find, so it decides nothing' },
  'metric-without-data': { prevents: 'nothing', why: 'in most windows it has nothing to say, so it decides nothing' },
  'silence-unknown': { prevents: 'nothing', why: 'it silences nothing' },
} as const satisfies Readonly<Record<string, { readonly prevents: ConfigProblem['prevents']; readonly why: string }>>;

export type LintRule = keyof typeof LINT_RULES;

/** A problem by its rule, which says what it prevents. */
export function problemOf(rule: LintRule, path: string, message: string): ConfigProblem {
  return { path, message, prevents: LINT_RULES[rule].prevents, rule };
}
