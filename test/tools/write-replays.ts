import { mkdirSync, writeFileSync } from 'node:fs';
import { createJudges } from '../../judges/index.ts';
import { toWireJson } from '../../src/domain/values/wire-json.ts';
import { judgeSeries } from '../../src/engine/judging/judge-series.ts';
import { replayCases } from '../support/samples/replay-cases.ts';

/**
 * Writes what today's judges say of a few canaries: `node test/tools/write-replays.ts`. A test compares with it, so run
 * this only after a change that is meant to alter verdicts, and say so in the changelog.
 */
const FOLDER = new URL('../fixtures/replays/', import.meta.url);
const judges = createJudges({});
const { signal } = new AbortController();

mkdirSync(FOLDER, { recursive: true });
for (const { name, config, pairs, thresholds } of replayCases()) {
  const result = await judgeSeries({ judges, config, pairs, thresholds }, signal);
  const kept = JSON.parse(toWireJson({ config, thresholds, pairs, result }));
  writeFileSync(new URL(`${name}.json`, FOLDER), `${JSON.stringify(kept)}\n`);
}
