import type { CommandEntry } from './command.ts';

/** Every command, in the order of help. A module is loaded only when its command runs or shows its help. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    usage: 'demo',
    summary: 'Judge a good and a bad canary on recorded Prometheus data',
    load: async () => (await import('./commands/demo.ts')).demo,
  },
  {
    usage: 'serve',
    summary: 'Run the service until it is stopped',
    load: async () => (await import('./commands/serve.ts')).serve,
  },
  {
    usage: 'health',
    summary: 'Ask the service on this machine whether it works; for the probe of a container',
    load: async () => (await import('./commands/health.ts')).health,
  },
  {
    usage: 'init',
    summary: 'Ask a Prometheus what it has, and write a configuration, a config and the first command',
    load: async () => (await import('./commands/init.ts')).init,
  },
  {
    usage: 'gate [config]',
    summary: 'Judge a canary once, wait for the verdict and exit by it: what a CI job calls',
    load: async () => (await import('./commands/gate.ts')).gate,
  },
  {
    usage: 'run start [config]',
    summary: 'Start a run and print its id',
    load: async () => (await import('./commands/run-start.ts')).runStart,
  },
  {
    usage: 'run list',
    summary: 'List the newest runs',
    load: async () => (await import('./commands/run-list.ts')).runList,
  },
  {
    usage: 'run show <id>',
    summary: 'Show a run with its metrics',
    load: async () => (await import('./commands/run-show.ts')).runShow,
  },
  {
    usage: 'run wait <id>',
    summary: 'Wait for the verdict of a run and exit by it',
    load: async () => (await import('./commands/wait.ts')).runWait,
  },
  {
    usage: 'run replay [id]',
    summary: 'Judge a stored run once more as it was, and say whether the result is the same',
    load: async () => (await import('./commands/run-replay.ts')).runReplay,
  },
  {
    usage: 'run cancel <id>',
    summary: 'Cancel a run',
    load: async () => (await import('./commands/cancel.ts')).runCancel,
  },
  {
    usage: 'analysis start [config]',
    summary: 'Start an analysis, which judges again and again, and print its id',
    load: async () => (await import('./commands/analysis-start.ts')).analysisStart,
  },
  {
    usage: 'analysis list',
    summary: 'List the newest analyses',
    load: async () => (await import('./commands/analysis-list.ts')).analysisList,
  },
  {
    usage: 'analysis show <id>',
    summary: 'Show an analysis with its judgements',
    load: async () => (await import('./commands/analysis-show.ts')).analysisShow,
  },
  {
    usage: 'analysis wait <id>',
    summary: 'Wait for the verdict of an analysis and exit by it',
    load: async () => (await import('./commands/wait.ts')).analysisWait,
  },
  {
    usage: 'analysis step <id>',
    summary: 'Announce the next traffic share of a ramp',
    load: async () => (await import('./commands/analysis-step.ts')).analysisStep,
  },
  {
    usage: 'analysis next-step <id>',
    summary: 'Ask whether a ramp may go on, and exit by it',
    load: async () => (await import('./commands/analysis-next-step.ts')).analysisNextStep,
  },
  {
    usage: 'analysis cancel <id>',
    summary: 'Cancel an analysis and its current run',
    load: async () => (await import('./commands/cancel.ts')).analysisCancel,
  },
  {
    usage: 'config list',
    summary: 'List the stored configs',
    load: async () => (await import('./commands/config-list.ts')).configList,
  },
  {
    usage: 'config get <config>',
    summary: 'Print a stored config, by its id or name',
    load: async () => (await import('./commands/config-get.ts')).configGet,
  },
  {
    usage: 'config backtest [config]',
    summary: 'Try a config on the past: how often it alarms without a reason, and what it finds',
    load: async () => (await import('./commands/config-backtest.ts')).configBacktest,
  },
  {
    usage: 'config apply <files...>',
    summary: 'Store configs in YAML or JSON; those that are there already are replaced',
    load: async () => (await import('./commands/config-apply.ts')).configApply,
  },
  {
    usage: 'config validate <files...>',
    summary: 'Tell every problem that storing or running configs would hit',
    load: async () => (await import('./commands/config-validate.ts')).configValidate,
  },
  {
    usage: 'config lint [paths...]',
    summary: 'Tell all that is wrong or odd with configs, in files and folders: what a CI job calls',
    load: async () => (await import('./commands/config-lint.ts')).configLint,
  },
  {
    usage: 'config queries [config]',
    summary: 'Show the queries that a run would send',
    load: async () => (await import('./commands/config-queries.ts')).configQueries,
  },
  {
    usage: 'config delete <config>',
    summary: 'Delete a stored config, by its id or name',
    load: async () => (await import('./commands/config-delete.ts')).configDelete,
  },
  {
    usage: 'report <id>',
    summary: 'Print the report of a run or an analysis, or write it to a file',
    load: async () => (await import('./commands/report.ts')).report,
  },
  {
    usage: 'templates [pack]',
    summary: 'List the packs of ready-made metrics',
    load: async () => (await import('./commands/templates.ts')).templates,
  },
  {
    usage: 'accounts check',
    summary: 'Ask every metrics account whether it can be used',
    load: async () => (await import('./commands/accounts-check.ts')).accountsCheck,
  },
  {
    usage: 'import kayenta [dir|url]',
    summary: 'Import canary configs and archived runs of a Kayenta or its bucket, or its kayenta.yml',
    load: async () => (await import('./commands/import-kayenta.ts')).importKayenta,
  },
  {
    usage: 'import keptn <slo.yaml>',
    summary: 'Print the config for an SLO file of Keptn: pass and warning criteria, weights, key indicators',
    load: async () => (await import('./commands/import-keptn.ts')).importKeptn,
  },
  {
    usage: 'diff judges',
    summary: 'Judge stored runs with two judges, and show which verdicts change and why',
    load: async () => (await import('./commands/diff-judges.ts')).diffJudges,
  },
  {
    usage: 'diff kayenta <dir|url>',
    summary: "Judge a Kayenta's latest runs again and compare the verdicts, metric by metric",
    load: async () => (await import('./commands/diff-kayenta.ts')).diffKayenta,
  },
  {
    usage: 'token create',
    summary: 'Create a token for a service, and print it once',
    load: async () => (await import('./commands/token-create.ts')).tokenCreate,
  },
  {
    usage: 'token list',
    summary: 'List the tokens of a service, with their last use',
    load: async () => (await import('./commands/token-list.ts')).tokenList,
  },
  {
    usage: 'token revoke <name>',
    summary: 'Revoke a token of a service, by its name or its id',
    load: async () => (await import('./commands/token-revoke.ts')).tokenRevoke,
  },
  {
    usage: 'store copy',
    summary: 'Copy configs, runs, series and analyses from one store to another while no Haldane uses either',
    load: async () => (await import('./commands/store-copy.ts')).storeCopy,
  },
  {
    usage: 'store backup <file>',
    summary: 'Copy everything that is stored into a file, while the service works, and check the copy',
    load: async () => (await import('./commands/store-backup.ts')).storeBackup,
  },
  {
    usage: 'judge [file]',
    summary: 'Judge series from a file or standard input: pairs in JSON, CSV or two columns; asks no service',
    load: async () => (await import('./commands/judge.ts')).judge,
  },
  {
    usage: 'openapi',
    summary: 'Print the OpenAPI document of the service',
    load: async () => (await import('./commands/openapi.ts')).openapi,
  },
  {
    usage: 'completion <bash|zsh|fish> [words...]',
    summary: 'Print the script that completes commands and options in a shell',
    load: async () => (await import('./commands/completion.ts')).completion,
  },
  {
    usage: 'version',
    summary: 'Print the version',
    load: async () => (await import('./commands/version.ts')).version,
  },
];

/** The words of a command without its arguments. */
export function commandName({ usage }: CommandEntry): string {
  return usage.replace(/ [<[].*/, '');
}
