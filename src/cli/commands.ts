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
    usage: 'import kayenta [dir|url]',
    summary: 'Import canary configs and archived runs of a Kayenta or its bucket, or its kayenta.yml',
    load: async () => (await import('./commands/import-kayenta.ts')).importKayenta,
  },
  {
    usage: 'diff kayenta <dir|url>',
    summary: "Judge a Kayenta's latest runs again and compare the verdicts, metric by metric",
    load: async () => (await import('./commands/diff-kayenta.ts')).diffKayenta,
  },
  {
    usage: 'store copy',
    summary: 'Copy configs, runs, series and analyses from one store to another while no Haldane uses either',
    load: async () => (await import('./commands/store-copy.ts')).storeCopy,
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
