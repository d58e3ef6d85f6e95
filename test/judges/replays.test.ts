import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { createJudges } from '../../judges/index.ts';
import { CanaryConfig } from '../../src/domain/canary-config.ts';
import { MetricSetPair } from '../../src/domain/metric-set-pair.ts';
import { toWireJson } from '../../src/domain/values/wire-json.ts';
import { judgeSeries } from '../../src/engine/judging/judge-series.ts';
import { firstDifference } from '../../src/engine/replay/first-difference.ts';

const FOLDER = new URL('../fixtures/replays/', import.meta.url);
const Kept = z.object({
  config: CanaryConfig,
  thresholds: z.object({ pass: z.number(), marginal: z.number() }),
  pairs: z.array(MetricSetPair),
  result: z.unknown(),
});

it.each(readdirSync(FOLDER))(
  '%s: today’s judge says what it said when this was written, byte for byte',
  async (file) => {
    const { result, ...judgement } = Kept.parse(JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')));
    const again = await judgeSeries({ judges: createJudges({}), ...judgement }, new AbortController().signal);
    const replayed = JSON.parse(toWireJson(again));
    // A change that is meant: `node test/tools/write-replays.ts`, and a line in the changelog.
    expect(firstDifference(result, replayed)).toBeUndefined();
    expect(JSON.stringify(replayed)).toBe(JSON.stringify(result));
  },
);

it('is kept of every judge', () => {
  const judges = createJudges({}).map(({ name }) => `${name}.json`);
  expect(readdirSync(FOLDER).toSorted()).toEqual(judges.toSorted());
});
