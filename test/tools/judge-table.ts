import { readFileSync, writeFileSync } from 'node:fs';
import { createJudges } from '../../judges/index.ts';
import { commonScale, sparkline } from '../../src/cli/terminal/sparkline.ts';
import type { CanaryConfig } from '../../src/domain/canary-config.ts';
import { type DataSet, TELLING_DATA_SETS } from '../support/samples/telling-data-sets.ts';

const README = new URL('../../judges/README.md', import.meta.url);
const BETWEEN = /(<!-- data sets -->\n).*?(<!-- end of data sets -->)/s;

const CONFIG: CanaryConfig = {
  metrics: [
    {
      name: 'metric',
      query: { type: 'inline', serviceType: 'inline' },
      groups: ['group'],
      analysisConfigurations: { canary: { direction: 'increase' } },
    },
  ],
  classifier: { groupWeights: { group: 100 } },
};

/** What every judge says of the telling data sets, drawn; with each judge's own defaults and direction `increase`. */
export async function judgeTable(): Promise<string> {
  const rows = await Promise.all(TELLING_DATA_SETS.map(row));
  return ['```text', ...rows, '```', ''].join('\n');
}

/** `node test/tools/judge-table.ts` writes the table into judges/README.md. */
if (process.argv[1] === import.meta.filename) {
  const table = await judgeTable();
  writeFileSync(
    README,
    readFileSync(README, 'utf8').replace(BETWEEN, (_, start, end) => `${start}${table}${end}`),
  );
}

async function row({ name, truth, control, experiment }: DataSet): Promise<string> {
  const scale = commonScale(control, experiment);
  const verdicts = await Promise.all(
    createJudges({})
      .filter(comparesSeries)
      .map(async (judge) => {
        const result = await judge.judge(
          {
            canaryConfig: CONFIG,
            scoreThresholds: { pass: 95, marginal: 75 },
            metricSetPairList: [{ name: 'metric', id: 'pair', values: { control, experiment } }],
          },
          new AbortController().signal,
        );
        return `${judge.name.replace(/Judge-v.*/, '')}: ${result.results[0]?.classification}`;
      }),
  );
  return [
    `${name} (truth: ${truth})`,
    `  baseline ${sparkline(control, scale, 60)}`,
    `  canary   ${sparkline(experiment, scale, 60)}`,
    `  ${verdicts.join('   ')}`,
    '',
  ].join('\n');
}

/** A judge of limits says nothing of two series without them; that of drift reads outputs, and these are time series. */
function comparesSeries({ name }: { readonly name: string }): boolean {
  return name !== 'ThresholdJudge-v1.0' && name !== 'DriftJudge-v1.0';
}
