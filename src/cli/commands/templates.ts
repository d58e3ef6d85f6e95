import { z } from 'zod';
import { readTemplatePacks } from '../../../providers/templates/index.ts';
import type { TemplatePack } from '../../domain/template-pack.ts';
import { toWireJson } from '../../domain/values/wire-json.ts';
import { defineCommand } from '../command.ts';
import { CommandError, EXIT } from '../command-error.ts';
import { choice, unknownWord, words } from '../options.ts';
import { textTable } from '../terminal/text-table.ts';

/** `haldane templates`: the packs of ready-made metrics that come with this version. Asks no service. */
export const templates = defineCommand({
  options: z.object({
    provider: words('a metrics store').optional().meta({ value: 'type', description: 'only for this metrics store' }),
    output: choice(['text', 'json']).default('text').describe('what is printed'),
  }),
  examples: ['haldane templates', 'haldane templates istio', 'haldane templates --provider prometheus --output json'],
  exitCodes: { [EXIT.ok]: 'they were listed' },
  async run({ args: [id], options: { provider, output } }, { stdout }) {
    const all = readTemplatePacks();
    const stores = [...new Set(all.map((pack) => pack.provider))].sort();
    if (provider !== undefined && !stores.includes(provider)) {
      throw new CommandError(EXIT.usage, `--provider: ${unknownWord(provider, stores)}`);
    }
    const packs = all.filter((pack) => provider === undefined || pack.provider === provider);
    const chosen = id === undefined ? packs : packs.filter((pack) => pack.id === id);
    if (chosen.length === 0) {
      throw new CommandError(
        EXIT.usage,
        unknownWord(
          id ?? '',
          packs.map((pack) => pack.id),
        ),
      );
    }
    if (output === 'json') stdout.write(`${toWireJson(id === undefined ? chosen : chosen[0], 2)}\n`);
    else stdout.write(id === undefined ? listText(chosen) : chosen.map(packText).join(''));
    return EXIT.ok;
  },
});

function listText(packs: readonly TemplatePack[]): string {
  const rows = packs.map(({ id, name, provider, metrics, groupWeights }) => {
    return [id, name, provider, String(metrics.length), Object.keys(groupWeights).join(', ')];
  });
  return textTable(['PACK', 'PRODUCT', 'STORE', 'METRICS', 'GROUPS'], rows);
}

function packText({ id, name, about, provider, variables, metrics }: TemplatePack): string {
  const rows = metrics.map((metric) => [metric.name, metric.group, metric.direction, metric.unit]);
  const meanings = variables.map((variable) => {
    const note = variable.default === undefined ? '' : ` (default: ${variable.default})`;
    return `  ${variable.name}: ${variable.about}${note}\n`;
  });
  return [
    `${name}, for ${provider}\n${about}\n\nVariables:\n${meanings.join('')}\n`,
    textTable(['METRIC', 'GROUP', 'BAD DIRECTION', 'UNIT'], rows),
    `\nIn a config:\n  use: ${id}\n`,
  ].join('');
}
