import { text } from 'node:stream/consumers';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { cloudwatch } from '../../providers/cloudwatch/index.ts';
import { isPeriod, leastPeriod, periodFrom } from '../../providers/cloudwatch/period.ts';
import { askProvider, listNames } from '../support/ask-provider.ts';
import { fixtureRequest } from '../support/provider-fixtures.ts';
import { type LoopbackServer, startLoopback } from '../support/servers/loopback-server.ts';

const NEVER = new AbortController().signal;
const SIGV4 = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 's3cr3t-key-of-aws' };

interface Asked {
  readonly target: string;
  readonly body: Readonly<Record<string, unknown>>;
}
let server: LoopbackServer;
let asked: Asked[];
let answer: (asked: Asked) => unknown;

beforeAll(async () => {
  server = await startLoopback(async (request, response) => {
    const one = { target: String(request.headers['x-amz-target']), body: JSON.parse(await text(request)) };
    asked.push(one);
    response.end(JSON.stringify(answer(one)));
  });
});
beforeEach(() => {
  asked = [];
});
afterEach(() => {
  vi.useRealTimers();
});
afterAll(() => server.stop());

function requestOf(fields: Record<string, unknown> = {}, sigv4: Record<string, unknown> = {}) {
  return fixtureRequest(cloudwatch, {
    account: { endpoint: { baseUrl: server.baseUrl }, region: 'eu-west-1', sigv4: { ...SIGV4, ...sigv4 } },
    metric: { name: 'm', query: { type: 'cloudwatch', namespace: 'Shop', metricName: 'Latency', ...fields } },
    scope: { start: '2025-01-15T12:00:00Z', end: '2025-01-15T13:00:00Z', step: 3600 },
  });
}

describe('the names of metrics', () => {
  const metric = (MetricName: string, dimensions: string[] = [], Namespace = 'AWS/EC2') => ({
    Namespace,
    MetricName,
    Dimensions: dimensions.map((Name) => ({ Name, Value: 'any' })),
  });

  test('are read page by page, each once for a set of dimensions', async () => {
    const pages = [
      [metric('CPUUtilization', ['InstanceId']), metric('CPUUtilization', ['InstanceId']), metric('NetworkIn')],
      [metric('CPUUtilization', ['ImageId', 'AutoScalingGroupName']), metric('Cpu', [], 'Shop')],
    ];
    answer = () => ({ Metrics: pages[asked.length - 1], ...(asked.length < 2 ? { NextToken: 'two' } : {}) });
    expect(await listNames(cloudwatch, requestOf().account, 'cpu', NEVER)).toEqual([
      { name: 'CPUUtilization', namespace: 'AWS/EC2', dimensions: ['InstanceId'] },
      { name: 'CPUUtilization', namespace: 'AWS/EC2', dimensions: ['AutoScalingGroupName', 'ImageId'] },
      { name: 'Cpu', namespace: 'Shop', dimensions: [] },
    ]);
    const target = 'GraniteServiceVersion20100801.ListMetrics';
    expect(asked).toEqual([
      { target, body: { RecentlyActive: 'PT3H' } },
      { target, body: { RecentlyActive: 'PT3H', NextToken: 'two' } },
    ]);
  });

  test('may be found by their namespace', async () => {
    answer = () => ({ Metrics: [metric('CPUUtilization'), metric('Latency', [], 'Shop')] });
    const names = await listNames(cloudwatch, requestOf().account, 'SHOP', NEVER);
    expect(names?.map(({ name }) => name)).toEqual(['Latency']);
  });

  test('are no more than a picker can show, and asked for no longer than there may be some', async () => {
    answer = () => ({
      Metrics: Array.from({ length: 500 }, (_, index) => metric(`m${asked.length}-${index}`)),
      NextToken: 'more',
    });
    expect(await listNames(cloudwatch, requestOf().account, '', NEVER)).toHaveLength(5000);
    expect(asked).toHaveLength(10);
    asked = [];
    expect(await listNames(cloudwatch, requestOf().account, 'nothing', NEVER)).toEqual([]);
    expect(asked).toHaveLength(40);
  });
});

test('check asks for five minutes of a metric every account has', async () => {
  vi.useFakeTimers({ now: new Date('2025-01-15T12:03:07Z'), toFake: ['Date'] });
  answer = () => ({ MetricDataResults: [] });
  await cloudwatch.check(requestOf().account, NEVER);
  const Metric = { Namespace: 'AWS/Usage', MetricName: 'CallCount', Dimensions: [] };
  const body = {
    MetricDataQueries: [{ Id: 'm0', MetricStat: { Metric, Period: 300, Stat: 'Sum' } }],
    StartTime: Date.parse('2025-01-15T11:55:00Z') / 1000,
    EndTime: Date.parse('2025-01-15T12:00:00Z') / 1000,
  };
  expect(asked).toEqual([{ target: 'GraniteServiceVersion20100801.GetMetricData', body }]);
});

test('an account is shown with its region and its role, and without its keys', () => {
  const { account } = requestOf({}, { roleArn: 'arn:aws:iam::1:role/r', sessionToken: 't0ken-of-a-session' });
  expect(cloudwatch.describeAccount(account)).toEqual({
    endpoint: { baseUrl: server.baseUrl },
    region: 'eu-west-1',
    roleArn: 'arn:aws:iam::1:role/r',
  });
});

test('an answer without an end is given up', async () => {
  answer = () => ({ MetricDataResults: [], NextToken: 'more' });
  await expect(askProvider(cloudwatch, requestOf(), NEVER)).rejects.toMatchObject({ code: 'METRICS_LIMIT_EXCEEDED' });
  expect(asked).toHaveLength(100);
});

test('a secret that CloudWatch repeats in a message is no warning', async () => {
  answer = () => ({ MetricDataResults: [], Messages: [{ Code: 'Odd', Value: `key ${SIGV4.secretAccessKey}` }] });
  const told = await askProvider(cloudwatch, requestOf(), NEVER).catch(({ message }: Error) => message);
  expect(told).toContain('Odd: key ***');
  expect(told).not.toContain(SIGV4.secretAccessKey);
});

describe('a query is refused', () => {
  const entry = (Id: string, fields: Record<string, unknown> = {}) => ({ Id, Expression: 'm1', ...fields });
  const alone = { namespace: undefined, metricName: undefined };

  test.each<[string, Record<string, unknown>, string]>([
    ['without a metric', alone, 'give namespace and metricName'],
    ['with a namespace alone', { metricName: undefined }, 'belong together'],
    ['with a period CloudWatch does not have', { period: 90 }, 'multiple of 60'],
    ['with a region that is none', { region: 'evil.test/#' }, 'AWS region'],
    ['with a unit CloudWatch does not have', { unit: 'ms' }, 'Milliseconds'],
    ['with two expressions', { expression: 'm0', customInlineTemplate: 'm0' }, 'keep one'],
    ['with a metric and a whole question', { metricDataQueries: [entry('a')] }, 'whole request'],
    ['with two returned entries', { ...alone, metricDataQueries: [entry('a'), entry('b')] }, 'ReturnData'],
    ['with a wrong id', { ...alone, metricDataQueries: [entry('A1')] }, 'small letter'],
    ['with an entry of both kinds', { ...alone, metricDataQueries: [entry('a', { metricStat: {} })] }, 'MetricStat'],
    ['with a misspelt entry', { ...alone, metricDataQueries: [entry('a', { expresion: 'm1' })] }, 'Expresion'],
  ])('%s', (_, fields, message) => {
    expect(() => requestOf(fields)).toThrow(message);
  });

  test('but for one of several returned entries, when they are merged', () => {
    const fields = { ...alone, metricDataQueries: [entry('a'), entry('b')], seriesMode: 'max' };
    expect(() => requestOf(fields)).not.toThrow();
  });
});

describe('the period', () => {
  const seconds = fc.integer({ min: 1, max: 100_000 });

  test('is the shortest CloudWatch has that is as long as requested', () => {
    fc.assert(
      fc.property(seconds, fc.constantFrom(1, 60, 300, 3600), (asked, least) => {
        const allowed = (period: number) => isPeriod(period) && period % least === 0;
        const period = periodFrom(asked, least);
        expect(period).toBeGreaterThanOrEqual(asked);
        expect(allowed(period)).toBe(true);
        for (let shorter = period - 1; shorter >= asked; shorter--) expect(allowed(shorter)).toBe(false);
      }),
    );
  });

  test('grows with the age of the window', () => {
    const hours = [0, 2.99, 3, 15 * 24 - 0.01, 15 * 24, 63 * 24 - 0.01, 63 * 24];
    expect(hours.map((age) => leastPeriod(0, age * 3_600_000))).toEqual([1, 1, 60, 60, 300, 300, 3600]);
  });
});
