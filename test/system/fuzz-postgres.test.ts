import { afterAll, describe } from 'vitest';
import { startFuzzService } from '../support/fuzz/fuzz-service.ts';
import { fuzzSettings } from '../support/fuzz/fuzz-settings.ts';
import { describeFuzz } from '../support/fuzz/fuzz-suite.ts';
import { requiredPostgres } from '../support/servers/postgres-server.ts';

/** What is kept; how long bodies are read and refused does not depend on the store. */
const GIANTS = ['createCanaryConfig', 'createMetricSetPairList'];

const postgres = await requiredPostgres();
const fuzzed = postgres && (await startFuzzService({ postgresUrl: await postgres.createDatabase() }));

describe.skipIf(fuzzed === undefined)('with a database of its own', () => {
  afterAll(() => postgres?.stop());
  if (fuzzed !== undefined) describeFuzz({ name: 'PostgreSQL', fuzzed, giants: GIANTS, ...fuzzSettings(3000) });
});
