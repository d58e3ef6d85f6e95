import { z } from 'zod';
import { toWireJson } from '../../domain/values/wire-json.ts';
import { createHttpClient, type HttpClient } from '../client/http-client.ts';
import { mapLimited } from '../client/map-limited.ts';
import type { Command, Terminal } from '../command.ts';
import { CommandError, EXIT } from '../command-error.ts';
import { BaseUrl, isWebAddress, readAddress, readOptions, TimeoutSeconds } from '../command-options.ts';
import { type ImportContext, importConfig } from '../kayenta/import-config.ts';
import { type ImportOutcome, importReport, OUTCOMES } from '../kayenta/import-outcome.ts';
import { importRun } from '../kayenta/import-run.ts';
import { readKayentaFolder } from '../kayenta/kayenta-folder.ts';
import { readKayentaService } from '../kayenta/kayenta-service.ts';
import type { KayentaSource } from '../kayenta/kayenta-source.ts';

const Options = z.object({
  to: BaseUrl.default('http://127.0.0.1:8090'),
  account: z.string().min(1, 'must be a name').optional(),
  replace: z.boolean().default(false),
  'dry-run': z.boolean().default(false),
  json: z.boolean().default(false),
  timeout: TimeoutSeconds,
});

const CONCURRENT_RUNS = 4;

/** `haldane import kayenta`: brings configs and archived runs over. Doing it again takes what is new. */
export const importKayenta: Command = {
  name: 'import kayenta',
  argument: '<dir|url>',
  summary: 'Take canary configs and archived runs from a running Kayenta, or from a copy of its bucket',
  options: {
    to: { type: 'string', value: 'url', help: 'the Haldane that takes them (http://127.0.0.1:8090)' },
    account: { type: 'string', value: 'name', help: "name of Kayenta's storage account (its default)" },
    replace: { type: 'boolean', help: "let Kayenta's take the place of what differs here" },
    'dry-run': { type: 'boolean', help: 'say what would be done, write nothing' },
    json: { type: 'boolean', help: 'report as JSON' },
    timeout: { type: 'string', value: 'seconds', help: 'longest wait for one answer (30)' },
  },
  exitCodes: [
    'everything was taken, is already there, or is left out on purpose',
    'something differs, is broken, or was refused',
  ],
  async run({ argument, values }, terminal) {
    const options = readOptions(Options, values);
    const timeoutMillis = options.timeout * 1000;
    const target = createHttpClient({ baseUrl: options.to, name: 'Haldane', timeoutMillis });
    const source = openSource(argument, options.account, timeoutMillis);
    await checkTarget(target);
    const context = { source, target, replace: options.replace, dryRun: options['dry-run'] };
    const { outcomes, failure } = await importAll(context, terminal);
    report(outcomes, options, terminal);
    if (failure !== undefined) throw failure;
    return outcomes.some(({ outcome }) => OUTCOMES[outcome].asks) ? EXIT.findings : EXIT.ok;
  },
};

function openSource(argument: string, account: string | undefined, timeoutMillis: number): KayentaSource {
  if (isWebAddress(argument)) {
    const client = createHttpClient({ baseUrl: readAddress(argument), name: 'Kayenta', timeoutMillis });
    return readKayentaService(client, account);
  }
  if (account === undefined) return readKayentaFolder(argument);
  throw new CommandError(EXIT.usage, `--account: '${argument}' is a folder, which has no accounts (haldane --help)`);
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
  // One at a time: of two configs that want the same name the first gets it, the same one every time.
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

function report(
  outcomes: readonly ImportOutcome[],
  { json, 'dry-run': dryRun }: z.infer<typeof Options>,
  { stdout }: Terminal,
): void {
  if (outcomes.length === 0 && !json) stdout.write('There is nothing to take.\n');
  else if (json) stdout.write(`${toWireJson({ dryRun, outcomes }, 2)}\n`);
  else stdout.write(`${importReport(outcomes)}${dryRun ? 'Dry run: nothing was written.\n' : ''}`);
}
