import { z } from 'zod';
import { readTemplatePacks } from '../../../providers/templates/index.ts';
import { problemText } from '../../domain/config-problem.ts';
import { toWireJson } from '../../domain/values/wire-json.ts';
import type { Chosen } from '../../engine/discovery/choose.ts';
import { discover } from '../../engine/discovery/discover.ts';
import { discoveredConfig } from '../../engine/discovery/discovered-config.ts';
import type { Discovery } from '../../engine/discovery/discovery.ts';
import { defineCommand, type Terminal } from '../command.ts';
import { CommandError, EXIT } from '../command-error.ts';
import { openQuestions, type Questions } from '../init/ask-user.ts';
import { chooseByFlags, missingSides } from '../init/choose.ts';
import { discoveryText, firstCommand } from '../init/discovery-text.ts';
import { configYml, haldaneYml, refuseExisting, writeFiles } from '../init/init-files.ts';
import { type PrometheusAccess, prometheusSource } from '../init/prometheus-source.ts';
import { BaseUrl, choice, words } from '../options.ts';
import { startLocalService } from '../service/local-service.ts';
import { problemsOf } from '../start/dry-run.ts';
import { printable } from '../terminal/text-table.ts';

const PROMETHEUS = 'http://127.0.0.1:9090';

const Options = z.object({
  prometheus: BaseUrl.optional().meta({
    value: 'url',
    description: `what to ask (default: PROMETHEUS_URL, else ${PROMETHEUS}); PROMETHEUS_TOKEN is sent as its token`,
  }),
  username: words('a name').optional().meta({
    value: 'name',
    description: 'for a Prometheus with passwords; the password is in PROMETHEUS_PASSWORD',
  }),
  pack: z
    .array(z.string())
    .optional()
    .meta({ value: 'pack', description: 'what to judge (default: the packs that match best); may be repeated' }),
  label: words('the name of a label')
    .optional()
    .meta({ value: 'name', description: 'the label that tells versions apart (default: found)' }),
  baseline: words('a version').optional().meta({ value: 'value', description: 'what runs now (default: found)' }),
  canary: words('a version').optional().meta({ value: 'value', description: 'the new version (default: found)' }),
  location: words('a place').optional().meta({ value: 'value', description: 'job or namespace (default: found)' }),
  name: z
    .string()
    .regex(/^[\w.-]+$/, 'must consist of letters, digits, dots, dashes and underscores')
    .optional()
    .meta({ value: 'name', description: 'of the config and its file (default: the service)' }),
  dir: words('a folder').default('.').meta({ value: 'folder', description: 'where the files go' }),
  force: z.boolean().default(false).describe('write over files that are there'),
  yes: z.boolean().default(false).describe('ask nothing, also on a terminal'),
  dryRun: z.boolean().default(false).describe('show what was found; write nothing'),
  output: choice(['text', 'json']).default('text').describe('what is printed'),
});
type Options = z.output<typeof Options>;

/** `haldane init`: asks a Prometheus what it has, and writes what is needed to judge it. */
export const init = defineCommand({
  options: Options,
  examples: [
    'haldane init',
    'haldane init --prometheus http://127.0.0.1:9090 --dry-run',
    'haldane init --prometheus http://127.0.0.1:9090 --name checkout --canary v2 --baseline v1 --dir canary --yes',
  ],
  exitCodes: {
    [EXIT.ok]: 'the files are written, and both sides are there',
    [EXIT.findings]: 'something is missing: no pack matches, or a side has no series now',
    [EXIT.unreachable]: 'the Prometheus cannot be asked',
  },
  async run({ options }, terminal) {
    const questions = isAsked(options, terminal) ? await openQuestions() : undefined;
    const access = await accessOf(options, questions);
    const discovery = await discover(prometheusSource(access), packsForPrometheus(), options.label);
    if (options.output === 'text') terminal.stdout.write(discoveryText(access.url, discovery));
    const found = chooseByFlags(discovery, options);
    const chosen =
      questions === undefined || found.packs.length === 0 ? found : await questions.choices(discovery, found);
    if (chosen.packs.length === 0) return nothingFound(discovery, options, terminal);
    return write({ access, discovery, chosen, options, questions }, terminal);
  },
});

function isAsked({ yes, output, dryRun }: Options, { stdout }: Terminal): boolean {
  return (
    stdout.isTTY === true && process.stdin.isTTY === true && !yes && !dryRun && output === 'text' && !process.env.CI
  );
}

function packsForPrometheus() {
  return readTemplatePacks().filter(({ provider }) => provider === 'prometheus');
}

async function accessOf(
  { prometheus, username }: Options,
  questions: Questions | undefined,
): Promise<PrometheusAccess> {
  const { PROMETHEUS_URL, PROMETHEUS_TOKEN: token, PROMETHEUS_PASSWORD: password } = process.env;
  const known = prometheus ?? (PROMETHEUS_URL || undefined);
  const url = known ?? (await questions?.address(PROMETHEUS)) ?? PROMETHEUS;
  const parsed = BaseUrl.safeParse(url);
  if (!parsed.success) throw new CommandError(EXIT.usage, `'${url}' ${parsed.error.issues[0]?.message}`);
  return { url: parsed.data, username, password, token: token || undefined };
}

function nothingFound(discovery: Discovery, { output }: Options, { stdout, stderr }: Terminal) {
  if (output === 'json') stdout.write(`${toWireJson({ discovery: asJson(discovery), written: [] }, 2)}\n`);
  stderr.write(
    'No pack of ready-made metrics matches. `haldane templates` lists what they are for; a config with queries of ' +
      'your own can be written in the editor of `haldane serve`. Nothing was written.\n',
  );
  return EXIT.findings;
}

interface Found {
  readonly access: PrometheusAccess;
  readonly discovery: Discovery;
  readonly chosen: Chosen;
  readonly options: Options;
  readonly questions: Questions | undefined;
}

async function write({ access, discovery, chosen, options, questions }: Found, { stdout, stderr }: Terminal) {
  const proposed = nameFrom(chosen.location);
  const name = options.name ?? (await questions?.name(proposed)) ?? proposed;
  const config = discoveredConfig(name, name, chosen.packs);
  const [settings, configFile] = [haldaneYml(options.dir, access), configYml(options.dir, config)];
  const files = [settings, configFile];
  const missing = missingSides(chosen);
  const command = firstCommand(configFile.path, chosen);
  if (!options.dryRun) {
    refuseExisting(files, options.force);
    writeFiles(options.dir, files);
    await checkWritten(settings.path, config);
  }
  const written = options.dryRun ? [] : files.map(({ path }) => path);
  if (options.output === 'json') {
    stdout.write(`${toWireJson({ discovery: asJson(discovery), config, written, command, missing }, 2)}\n`);
  } else {
    for (const path of written) stdout.write(`\nwritten: ${path}`);
    stdout.write(`\n\nJudge the last half hour:\n  ${commandIn(options.dir, command)}\n`);
  }
  for (const one of missing) stderr.write(`missing: ${printable(one)}\n`);
  return missing.length === 0 ? EXIT.ok : EXIT.findings;
}

/** What was written is read as the service reads it. @throws CommandError when it is not valid, which is our mistake */
async function checkWritten(settings: string, canaryConfig: object): Promise<void> {
  const service = await startLocalService(undefined, { ...process.env, HALDANE_CONFIG: settings });
  try {
    const problems = await problemsOf({ whole: { ...canaryConfig }, account: undefined, client: service.client });
    const [problem] = problems.filter(({ prevents }) => prevents !== 'nothing');
    if (problem !== undefined) {
      throw new CommandError(EXIT.findings, `the config that was written is not valid: ${problemText(problem)}`);
    }
  } finally {
    await service.stop();
  }
}

/** The command finds haldane.yml in its own folder only. */
function commandIn(dir: string, command: string): string {
  return dir === '.' ? command : `HALDANE_CONFIG=${dir}/haldane.yml ${command}`;
}

/** A name of files, from that of a service. */
function nameFrom(location: string | undefined): string {
  const name = (location ?? '').replaceAll(/[^\w-]+/g, '-').replaceAll(/^-+|-+$/g, '');
  return name === '' ? 'canary' : name;
}

/** Maps as objects. */
function asJson(discovery: Discovery): unknown {
  return JSON.parse(
    JSON.stringify(discovery, (_, value) => (value instanceof Map ? Object.fromEntries(value) : value)),
  );
}
