import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { Doubles } from '../../../src/domain/values/double.ts';

const FILE = new URL('../../fixtures/backtest/labelled-series.jsonl', import.meta.url);

const Labelled = z.object({ family: z.string(), effect: z.number(), control: Doubles, experiment: Doubles });
export type Labelled = z.infer<typeof Labelled>;

/** Pairs of 60 points of which is known what changed: nothing (`effect` 0), or the level of the canary by 25 %. */
export function labelledSeries(effect: 0 | 0.25): Labelled[] {
  const [, ...lines] = readFileSync(FILE, 'utf8').trim().split('\n');
  return lines.map((line) => Labelled.parse(JSON.parse(line))).filter((one) => one.effect === effect);
}
