import { Document, isPair, isScalar, Scalar, visit } from 'yaml';
import { providers } from '../../../providers/index.ts';
import { readConfig } from '../../config/config.ts';
import { messageOf } from '../../errors.ts';
import { printable } from '../terminal/text-table.ts';
import type { NotTaken } from './not-taken.ts';
import type { OurAccount } from './read-account.ts';
import type { KayentaConfiguration } from './read-configuration.ts';
import type { Variable } from './variables.ts';

export interface WrittenConfiguration {
  /** YAML that Haldane starts with, once the variables are set */
  readonly text: string;
  readonly accounts: readonly string[];
  readonly variables: readonly Variable[];
  readonly notTaken: readonly NotTaken[];
}

/** Writes Haldane's configuration for a kayenta.yml. What Haldane would refuse to start with is left out and told. */
export function writeConfiguration(read: KayentaConfiguration): WrittenConfiguration {
  const accounts: OurAccount[] = [];
  const refused: NotTaken[] = [];
  for (const account of read.accounts) {
    const isTwice = accounts.some(({ name }) => name === account.name);
    const reason = isTwice ? 'the name is used twice' : whyRefused({ accounts: [account] });
    if (reason === undefined) accounts.push(account);
    else refused.push({ path: `account '${account.name}'`, why: `Haldane refuses it: ${reason}`, asks: true });
  }
  const settings: Record<string, string | number> = {};
  for (const [path, value] of Object.entries(read.settings)) {
    const reason = whyRefused(nested({ [path]: value }));
    if (reason === undefined) settings[path] = value;
    else refused.push({ path, why: `Haldane refuses it: ${reason}`, asks: true });
  }
  const store = read.storeNames.length === 0 ? {} : { store: { type: 'sqlite', accountNames: read.storeNames } };
  const configuration = { ...nested(settings), ...store, accounts };
  const used = JSON.stringify(configuration);
  const variables = read.variables.filter(({ name }) => used.includes(`\${${name}}`));
  const notTaken = [...read.notTaken, ...refused];
  return {
    text: toYaml(configuration, { variables, notTaken }),
    accounts: accounts.map(({ name }) => name),
    variables,
    notTaken,
  };
}

/** As Haldane reads it at its start, with made-up values for the variables. */
function whyRefused(configuration: object): string | undefined {
  const text = toYaml(configuration, { variables: [], notTaken: [] });
  try {
    readConfig({ text, fileName: '', environment: madeUp(text), providers });
    return undefined;
  } catch (error) {
    return messageOf(error).replace(/^: (accounts\[0\]\.?)?/, '');
  }
}

function madeUp(text: string): Record<string, string> {
  const names = [...text.matchAll(/\$\{(\w+)\}/g)].map(([, name = '']) => name);
  const schemes = [...text.matchAll(/"\$\{(\w+)\}:\/\//g)].map(([, name = '']) => [name, 'http']);
  const addresses = [...text.matchAll(/Url: "\$\{(\w+)\}(?!:\/\/)/g)].map(([, name = '']) => [
    name,
    'http://127.0.0.1',
  ]);
  return { ...Object.fromEntries(names.map((name) => [name, '1'])), ...Object.fromEntries([...addresses, ...schemes]) };
}

/** `{ 'server.port': 1 }` as `{ server: { port: 1 } }`. */
function nested(settings: Readonly<Record<string, string | number>>): Record<string, unknown> {
  const root: Record<string, unknown> = {};
  for (const [path, value] of Object.entries(settings)) {
    const names = path.split('.');
    const last = names.pop() ?? '';
    const at = names.reduce<Record<string, unknown>>((fields, name) => {
      fields[name] ??= {};
      return fields[name] as Record<string, unknown>;
    }, root);
    at[last] = value;
  }
  return root;
}

const NUMBERS = new Set(['port', 'attempts', 'backoffPeriodMultiplierMs']);

function toYaml(configuration: object, { variables, notTaken }: Pick<WrittenConfiguration, 'variables' | 'notTaken'>) {
  const document = new Document(configuration);
  visit(document, {
    Scalar(key, scalar, path) {
      if (key === 'key' || typeof scalar.value !== 'string') return;
      const parent = path.at(-1);
      // A variable in quotes stays text.
      const isNumber = isPair(parent) && isScalar(parent.key) && NUMBERS.has(String(parent.key.value));
      scalar.type = isNumber ? Scalar.PLAIN : Scalar.QUOTE_DOUBLE;
    },
  });
  document.commentBefore = [
    " Written from Kayenta's configuration by `haldane import kayenta --config`.",
    ...variables.map(({ name, holds }) => ` Set ${name}: ${printable(holds)}.`),
    ...notTaken.map(({ path, why }) => ` Not taken: ${printable(path)}: ${printable(why)}.`),
  ].join('\n');
  return document.toString({ lineWidth: 0 });
}
