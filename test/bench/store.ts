import { statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createJudges } from '../../judges/index.ts';
import { fakeProvider, seriesOf } from '../support/fake-provider.ts';
import { configOf, requestOf } from '../support/http/requests.ts';
import { createTestService } from '../support/http/test-service.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

// `npm run bench:store`: the speed of lists and single reads with many stored runs, and the bytes per run.
const RUNS = Number(process.env.BENCH_RUNS ?? 200_000);
const METRICS = 20;
const POINTS = 60;
const LOOKS = 200;
const REAL_RUNS = 100;

const dataDir = temporaryDirectory();
const file = join(dataDir, 'haldane.sqlite');
const provider = fakeProvider((request) => [
  seriesOf(
    request,
    Array.from({ length: POINTS }, () => 100 + 10 * Math.random()),
  ),
]);
const options = { dataDir, providers: [provider], judges: createJudges({}) };
const payload = {
  canaryConfig: configOf(METRICS, { judge: { name: 'NetflixACAJudge-v1.0' } }),
  executionRequest: requestOf(),
};

const growth = await bytesPerRun();
multiply();
await report(growth);

/** Growth of the file between closed stores, when it contains the whole log. */
async function bytesPerRun(): Promise<number> {
  await judge(1);
  const before = statSync(file).size;
  await judge(REAL_RUNS);
  return (statSync(file).size - before) / REAL_RUNS;
}

async function judge(runs: number): Promise<void> {
  const service = await createTestService(options);
  for (let run = 0; run < runs; run++) {
    await service.http.inject({ method: 'POST', url: '/canary?wait=30s&application=shop', payload });
  }
  await service.close();
}

/** Copies one run until there are enough, each with its own id and time. */
function multiply(): void {
  const database = new DatabaseSync(file);
  const columns = database
    .prepare('select * from canary_execution limit 1')
    .columns()
    .map(({ name }) => String(name));
  const values = columns.map((name) =>
    name === 'id' ? "printf('01BENCH%019d', value)" : name === 'build_time' ? 'build_time - value * 1000' : name,
  );
  database.exec('pragma synchronous = off');
  const sample = '(select * from canary_execution limit 1)';
  database.exec(`with recursive series(value) as (select 1 union all select value + 1 from series where value < ${RUNS})
    insert into canary_execution (${columns}) select ${values} from series, ${sample}`);
  database.close();
}

async function report(growth: number): Promise<void> {
  const service = await createTestService(options);
  const time = async (url: string) => {
    const millis: number[] = [];
    for (let look = 0; look < LOOKS; look++) {
      const begin = performance.now();
      const { statusCode } = await service.http.inject(url);
      if (statusCode !== 200) throw new Error(`${url} answered ${statusCode}`);
      millis.push(performance.now() - begin);
    }
    millis.sort((a, b) => a - b);
    return { median: millis[LOOKS / 2] ?? 0, p99: millis[Math.floor(LOOKS * 0.99)] ?? 0 };
  };
  const id = `01BENCH${String(Math.floor(RUNS / 2)).padStart(19, '0')}`;
  const rows = {
    'newest page of an application, 20 runs': await time('/canary/executions?application=shop&limit=20'),
    'newest page of all, 20 runs': await time('/canary/executions?application=*&limit=20'),
    'page of failed runs, 20': await time('/canary/executions?application=*&limit=20&verdicts=Pass,Marginal,Fail'),
    'single status': await time(`/canary/${id}`),
  };
  await service.close();
  console.log(`${RUNS} stored runs of ${METRICS} metrics; file ${(statSync(file).size / 1e6).toFixed(0)} MB`);
  console.log(`a run of ${METRICS} x ${POINTS} grows the file by ${(growth / 1000).toFixed(1)} kB`);
  for (const [name, { median, p99 }] of Object.entries(rows)) {
    console.log(`  ${name.padEnd(42)} median ${median.toFixed(2)} ms   p99 ${p99.toFixed(2)} ms`);
  }
  console.log(JSON.stringify({ runs: RUNS, bytesPerRun: growth, ...rows }));
}
