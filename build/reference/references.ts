import { readFileSync } from 'node:fs';
import { createJudges } from '../../judges/index.ts';
import { providers } from '../../providers/index.ts';
import { wrapped } from '../../src/cli/cli-reference.ts';
import { CommonConfig } from '../../src/config/config.ts';
import { CanaryAdhocExecutionRequest } from '../../src/domain/canary-execution-request.ts';
import type { CanaryJudge } from '../../src/domain/canary-judge.ts';
import type { MetricsProvider } from '../../src/domain/metrics-provider.ts';
import { SETTING_SECTIONS } from '../../src/domain/setting-sections.ts';
import { keyTable } from './key-table.ts';
import { type Key, schemaKeys } from './schema-keys.ts';

/** One generated document. */
export interface Reference {
  /** from the root of the repository */
  readonly path: string;
  readonly text: string;
  /** every key in it, for the test that each says what it is; the path begins with what the key belongs to */
  readonly keys: readonly Key[];
}

const JUDGES = createJudges({ remoteJudge: { baseUrl: 'http://127.0.0.1' } });

/** A request that a test sends to a real Prometheus. */
const EXAMPLE = 'openapi/examples/demo/any-prometheus.json';

/** A key that so many stores have, with the same words, stands in the table of all. */
const SHARED_FROM = 5;

/** Every key that a person writes, from the schemas that read it. */
export function references(): Reference[] {
  return [configReference(), judgeReference(), queryReference(), accountReference(), configurationReference()];
}

function configReference(): Reference {
  const keys = schemaKeys(CanaryAdhocExecutionRequest);
  const below = (prefix: string) =>
    keys.filter(({ path }) => path.startsWith(prefix)).map((key) => ({ ...key, path: key.path.slice(prefix.length) }));
  return document('canary-config', keys, [
    `A canary config says what to measure and how to weigh it. An execution request says of which two sides and when.
Requests hold both as JSON; files of the command line may be YAML. \`POST /canaryConfig/validate\` tells unknown keys.`,
    '## The config',
    keyTable(below('canaryConfig.')),
    `The keys of \`metrics[].query\` depend on its type: [queries](queries.md). Those of
\`judge.judgeConfigurations\` and \`metrics[].analysisConfigurations.canary\` depend on the judge: [judges](judges.md).`,
    '## The execution request',
    keyTable(below('executionRequest.')),
    '## An example of both',
    wrapped(
      `It is ${link(EXAMPLE)}, and works on any Prometheus that is half an hour old: send it to \`POST /canary\`.`,
    ),
    `\`\`\`json\n${readFileSync(new URL(`../../${EXAMPLE}`, import.meta.url), 'utf8').trim()}\n\`\`\``,
  ]);
}

function judgeReference(): Reference {
  const sections = JUDGES.map((judge) => ({
    judge,
    common: schemaKeys(judge.Settings),
    own: schemaKeys(judge.MetricSettings),
  }));
  const keys = sections.flatMap(({ judge, common, own }) => [
    ...within(judge.name, common),
    ...within(judge.name, own),
  ]);
  return document('judges', keys, [
    `A config names its judge in \`judge.name\`, gives it settings for all metrics in \`judge.judgeConfigurations\`, and
settings of one metric in \`metrics[].analysisConfigurations.canary\`. What the judges do with
them: [the judges](../../judges/README.md), [the mathematics](../judge.md).`,
    ...sections.flatMap(({ judge, common, own }) => judgeSection(judge, common, own)),
  ]);
}

function judgeSection({ name, passesSettingsOn }: CanaryJudge, common: readonly Key[], own: readonly Key[]): string[] {
  if (passesSettingsOn) return [`## ${name}`, 'Settings are passed on to the other service as they are.'];
  return [
    `## ${name}`,
    `### ${name}, for all metrics`,
    common.length === 0 ? 'It has none.' : bySection(common),
    `### ${name}, for one metric`,
    own.length === 0 ? 'It has none.' : bySection(own),
  ];
}

/** In the order of the editor; an object that holds others stands with the first of them. */
function bySection(keys: readonly Key[]): string {
  const isHolder = (key: Key) => key.section === undefined && keys.some(({ path }) => path.startsWith(`${key.path}.`));
  const shown = keys.filter((key) => !isHolder(key));
  const parts = Object.entries(SETTING_SECTIONS).map(([section, { title, about }]) => {
    const found = shown.filter((key) => key.section === section);
    return found.length === 0 ? [] : [`**${title}**: ${about}.`, keyTable(found)];
  });
  const others = shown.filter(({ section }) => section === undefined);
  return [...parts.flat(), ...(others.length === 0 ? [] : [keyTable(others)])].join('\n\n');
}

function queryReference(): Reference {
  const all = providers.map((provider) => ({ provider, keys: schemaKeys(provider.Query) }));
  return document('queries', keysOf(all), [
    `The keys of \`metrics[].query\`, for each metrics store. \`type\` says which store; \`accountName\`,
 \`denominator\` and \`traffic\` belong to every query: [the config](canary-config.md).`,
    ...withShared(all, 'query'),
  ]);
}

function accountReference(): Reference {
  const all = providers.map((provider) => ({ provider, keys: schemaKeys(provider.Account) }));
  return document('accounts', keysOf(all), [
    `The keys of one element of \`accounts\` in \`haldane.yml\`, for each metrics store. Unknown keys are refused. A
secret is written as \`\${NAME}\`, which reads the environment.`,
    ...withShared(all, 'account'),
  ]);
}

interface KeysOfStore {
  readonly provider: MetricsProvider;
  readonly keys: readonly Key[];
}

function withShared(all: readonly KeysOfStore[], what: string): string[] {
  const times = Map.groupBy(
    all.flatMap(({ keys }) => keys),
    rowText,
  );
  const shared = new Map([...times].filter(([, rows]) => rows.length >= SHARED_FROM));
  const sections = all.flatMap(({ provider: { type }, keys }) => {
    const own = keys.filter((key) => !shared.has(rowText(key)));
    const common = keys.filter((key) => shared.has(rowText(key)) && !key.path.includes('.'));
    const names = common.map(({ path }) => `\`${path}\``).join(', ');
    return [
      `## ${type}`,
      keyTable(own),
      wrapped(`Also, as in every ${what}: ${names}.`),
      `More about it: [${type}](../../providers/${type}/README.md).`,
    ];
  });
  return [`## Every ${what}`, keyTable([...shared.values()].flatMap(([first]) => first ?? [])), ...sections];
}

function rowText({ path, value, about, default: usual }: Key): string {
  return JSON.stringify([path, value, about, usual]);
}

function configurationReference(): Reference {
  const keys = schemaKeys(CommonConfig);
  const sections = [...Map.groupBy(keys, ({ path }) => path.split('.')[0] ?? '')];
  return document('configuration', keys, [
    `The keys of \`haldane.yml\`, which \`HALDANE_CONFIG\` names. All have defaults; unknown keys are refused.
\`\${NAME}\` reads the environment. The variables \`HALDANE_HOST\`, \`HALDANE_PORT\`, \`HALDANE_DATA_DIR\`,
\`HALDANE_LOG_LEVEL\`, \`HALDANE_AUTH_MODE\` and \`HALDANE_ADMIN_TOKEN\` override the file. A file to begin with is
[haldane.example.yml](../../haldane.example.yml); the keys of \`accounts\` are [a page of their own](accounts.md).`,
    ...sections.flatMap(([name, [first, ...others]]) => [
      `## ${name}`,
      others.length === 0 ? keyTable([first as Key]) : `${sentence(first?.about ?? '')}\n\n${keyTable(others)}`,
    ]),
  ]);
}

function link(path: string): string {
  return `[${path.split('/').at(-1)}](../../${path})`;
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

function keysOf(all: readonly KeysOfStore[]): Key[] {
  return all.flatMap(({ provider, keys }) => within(provider.type, keys));
}

function within(owner: string, keys: readonly Key[]): Key[] {
  return keys.map((key) => ({ ...key, path: `${owner}: ${key.path}` }));
}

const TITLES = {
  'canary-config': 'Canary config and execution request, every key',
  judges: 'Judges, every setting',
  queries: 'Queries, every key of each store',
  accounts: 'Accounts, every key of each store',
  configuration: 'haldane.yml, every key',
} as const;

function document(name: keyof typeof TITLES, keys: readonly Key[], parts: readonly string[]): Reference {
  const written = 'Written by `npm run docs` from the schemas that read these keys.';
  return {
    path: `docs/reference/${name}.md`,
    keys,
    text: `${[`# ${TITLES[name]}`, written, ...parts].join('\n\n')}\n`,
  };
}
