import { z } from 'zod';
import { haldaneAt } from '../client/haldane-at.ts';
import type { HttpClient } from '../client/http-client.ts';
import { mapLimited } from '../client/map-limited.ts';
import { defineCommand, type Terminal } from '../command.ts';
import { CommandError, EXIT, UNREACHABLE } from '../command-error.ts';
import { type ImportContext, importConfig } from '../kayenta/import-config.ts';
import { type ImportOutcome, importReport, OUTCOMES } from '../kayenta/import-outcome.ts';
import { importRun } from '../kayenta/import-run.ts';
import { keptFor } from '../kayenta/kept-for.ts';
import { openSource } from '../kayenta/open-source.ts';
import { importConfiguration } from '../kayenta-yml/import-configuration.ts';
import { BaseUrl, Json, KayentaAccount, TimeoutSeconds } from '../options.ts';
import { printReport } from '../terminal/print-report.ts';

const Options = z.object({
  to: BaseUrl.default('http://127.0.0.1:8090').meta({ value: 'url', description: 'the Haldane to import into' }),
  account: KayentaAccount,
  replace: z.boolean().default(false).describe('replace objects of Haldane that differ'),
  dryRun: z.boolean().default(false).describe('show what would be done, write nothing'),
  config: z
    .string()
    .min(1, 'must be the path of a kayenta.yml')
    .optional()
    .meta({ value: 'kayenta.yml', description: "print Haldane's configuration for Kayenta's; imports nothing else" }),
  json: Json,
  timeout: TimeoutSeconds,
});

const CONCURRENT_RUNS = 4;

/** `haldane import kayenta`: imports configs and archived runs. Repeating it imports what is new. */
export const importKayenta = defineCommand({
  options: Options,
  examples: [
    'haldane import kayenta http://kayenta:8090 --to http://haldane:8090 --dry-run',
    'haldane import kayenta ./kayenta-bucket --to http://haldane:8090',
    'haldane import kayenta --config kayenta.yml > haldane.yml',
  ],
  exitCodes: {
    [EXIT.ok]: 'everything was imported, was there already, or was left out on purpose',
    [EXIT.findings]: 'an object differs, is broken, or was refused',
    [EXIT.unreachable]: UNREACHABLE,
  },
  async run({ args: [from], options }, terminal) {
    const { to, account, replace, dryRun, json, timeout, config } = options;
    if (config !== undefined) {
      refuseBeside(config, { '<dir|url>': from, '--account': account, '--replace': replace, '--dry-run': dryRun });
      return importConfiguration(config, json, terminal);
    }
    if (from === undefined) {
      throw new CommandError(EXIT.usage, "'import kayenta' needs <dir|url>, or --config <kayenta.yml>");
    }
    const timeoutMillis = timeout * 1000;
    const target = haldaneAt(to, timeoutMillis);
    const source = openSource(from, account, timeoutMillis);
    await checkTarget(target);
    const { outcomes, failure } = await importAll({ source, target, replace, dryRun }, terminal);
    const kept = outcomes.some(({ what }) => what === 'run') ? await keptFor(target) : undefined;
    const value = { dryRun, outcomes, ...(kept === undefined ? {} : { kept }) };
    printReport({ json, value, text: reportText(outcomes, dryRun, kept), failure }, terminal);
    return outcomes.some(({ outcome }) => OUTCOMES[outcome].asks) ? EXIT.findings : EXIT.ok;
  },
});

/** The configuration of Kayenta is one thing, its objects are another. */
function refuseBeside(config: string, others: Readonly<Record<string, unknown>>): void {
  const given = Object.entries(others).flatMap(([name, value]) => (value ? [name] : []));
  if (given.length === 0) return;
  const message = `--config ${config} goes without ${given.join(', ')}: import objects in a call of their own`;
  throw new CommandError(EXIT.usage, `${message}`);
}

async function checkTarget(target: HttpClient): Promise<void> {
  const health = await target.get('/health');
  if (health.ok) return;
  throw new CommandError(EXIT.unreachable, `Haldane at ${target.baseUrl} is not ready: ${health.reason}`);
}

async function importAll(context: ImportContext, { stderr }: Terminal) {
  const { source } = context;
  const configIds = await source.configIds();
  const runIds = await source.runIds();
  const standaloneIds = await source.standaloneIds();
  // One at a time: when two configs want the same name, the same one gets it every time.
  const configs = await mapLimited({
    items: configIds,
    concurrency: 1,
    work: (id) => importConfig(id, context),
    progress: { output: stderr, label: 'configs' },
  });
  if (configs.failure !== undefined) return { outcomes: configs.results, failure: configs.failure };
  const runs = await mapLimited({
    items: runIds,
    concurrency: CONCURRENT_RUNS,
    work: (id) => importRun(id, context),
    progress: { output: stderr, label: 'runs' },
  });
  const outcomes = [...configs.results, ...runs.results.flat(), ...standaloneIds.map(leaveOut)];
  return { outcomes, failure: runs.failure };
}

function leaveOut(id: string): ImportOutcome {
  const why = 'archives of standalone analyses are not taken; the runs they consist of are';
  return { what: 'standalone analysis', id, name: '', outcome: 'left out', why };
}

function reportText(outcomes: readonly ImportOutcome[], dryRun: boolean, kept: string | undefined): string {
  if (outcomes.length === 0) return 'There is nothing to take.\n';
  const notes = [...(kept === undefined ? [] : [kept]), ...(dryRun ? ['Dry run: nothing was written.'] : [])];
  return [importReport(outcomes), ...notes.map((note) => `${note}\n`)].join('');
}
