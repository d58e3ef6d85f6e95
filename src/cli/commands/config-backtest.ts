import { z } from 'zod';
import { BACKTEST_ARMS, BacktestAnswer } from '../../domain/backtest.ts';
import { KNOWN_CHANGE_NAMES } from '../../domain/backtest-report.ts';
import { shortDurationMillis } from '../../domain/values/short-duration.ts';
import { toWireJson } from '../../domain/values/wire-json.ts';
import { sleep } from '../../waiting/sleep.ts';
import type { HttpClient } from '../client/http-client.ts';
import { bodyOf, readBody } from '../client/read-answer.ts';
import { defineCommand, type Terminal } from '../command.ts';
import { CommandError, EXIT, UNREACHABLE } from '../command-error.ts';
import { choice, Duration, words } from '../options.ts';
import { ServiceOptions } from '../service/service-options.ts';
import { withService } from '../service/with-service.ts';
import { thresholdsOf } from '../start/execution-request.ts';
import { RunOptions } from '../start/scope-options.ts';
import { type Prepared, prepare, prepareRun, RUNS } from '../start/start-run.ts';
import { backtestText } from '../terminal/backtest-text.ts';
import { printable } from '../terminal/text-table.ts';
import { listenForInterruption } from '../verdict/interruption.ts';

const ARMS = Object.keys(BACKTEST_ARMS) as ['scopes', 'before', 'releases'];
const LOOK_MILLIS = 500;

type JsonObject = Readonly<Record<string, unknown>>;

const Options = RunOptions.omit({
  ...{ for: true, baselineStart: true, baselineEnd: true },
  ...{ baselineEarlier: true, baselineReleases: true, baselineSince: true, canarySince: true },
}).extend({
  ...ServiceOptions.shape,
  window: Duration.default('1h').meta({ value: 'length', description: 'how long each window is' }),
  arms: choice(ARMS)
    .default('scopes')
    .describe(
      'scopes: baseline against canary, which did not differ then; before: the baseline against itself; releases: the ' +
        'last runs of the config that ended Pass, each as it was compared',
    ),
  releases: z.coerce
    .number({ error: 'must be a number of releases' })
    .int()
    .optional()
    .meta({ value: 'n', description: 'with --arms releases: how many of the last (default: 20)' }),
  judge: z
    .array(words('the name of a judge'))
    .default([])
    .meta({ value: 'name', description: "a judge to have beside the config's; may be repeated" }),
  change: z
    .array(choice(KNOWN_CHANGE_NAMES))
    .default([])
    .meta({
      value: 'change',
      description: `a known change to try, of ${KNOWN_CHANGE_NAMES.join(', ')} (default: all)`,
    }),
  output: choice(['text', 'json']).default('text').describe('what is printed'),
});

/** `haldane config backtest`: how often a config alarms without a reason, and what it finds. */
export const configBacktest = defineCommand({
  options: Options,
  examples: [
    'haldane config backtest checkout.yml --baseline shop-1 --canary shop-2 --last 168h',
    'haldane config backtest checkout --arms before --baseline shop-stable --last 72h --window 30m --output json',
    'haldane config backtest checkout --arms releases --releases 30 --window 30m',
  ],
  exitCodes: {
    [EXIT.ok]: 'every metric is to be kept as it is',
    [EXIT.findings]: 'a metric needs attention, or no window had data',
    [EXIT.unreachable]: `${UNREACHABLE}, or the backtest has not ended`,
  },
  async run({ args: [config], options }, terminal) {
    return withService(options, async (client) => {
      const { whole, query, configId } = await prepared(config, options, client);
      const backtest = {
        windowMinutes: minutesOf(options.window),
        arms: options.arms,
        ...(options.releases === undefined ? {} : { releases: options.releases }),
        judges: options.judge,
        ...(options.change.length === 0 ? {} : { changes: options.change }),
      };
      const body = { ...whole, canaryConfigId: configId, backtest };
      const answer = await client.send('POST', '/canaryConfig/backtest', { query, body });
      const started = bodyOf(answer, 'Haldane does not start the backtest') as {
        backtestId: string;
        warnings?: string[];
      };
      for (const warning of started.warnings ?? []) terminal.stderr.write(`warning: ${printable(warning)}\n`);
      const ended = await untilEnded(client, started.backtestId, terminal);
      if (options.output === 'json') terminal.stdout.write(`${toWireJson(ended, 2)}\n`);
      else terminal.stdout.write(backtestText(ended));
      return exitCodeOf(ended);
    });
  },
});

/** Reads config and request; of releases only their thresholds. @throws CommandError usage */
function prepared(
  config: string | undefined,
  options: z.output<typeof Options>,
  client: HttpClient,
): Promise<Prepared> {
  const run = { ...options, for: undefined, baselineStart: undefined, baselineEnd: undefined };
  if (options.arms !== 'releases') {
    const canary = options.arms === 'before' ? (options.canary ?? options.baseline) : options.canary;
    return prepareRun(config, { ...run, canary }, client);
  }
  const odd = (['baseline', 'canary', 'last', 'start', 'end'] as const).find((name) => options[name] !== undefined);
  if (odd !== undefined) {
    throw new CommandError(EXIT.usage, `--${odd}: releases have scopes and windows of their own; leave --${odd} out`);
  }
  const build = (chosen: JsonObject, fromFile: JsonObject) => ({ thresholds: thresholdsOf(run, chosen, fromFile) });
  return prepare({ path: RUNS, config, options: run, build }, client);
}

/** @throws CommandError usage for what is no whole number of minutes */
function minutesOf(length: string): number {
  const minutes = (shortDurationMillis(length) ?? 0) / 60_000;
  if (Number.isInteger(minutes)) return minutes;
  throw new CommandError(EXIT.usage, `--window: '${length}' is no whole number of minutes; write 30m or 1h`);
}

async function untilEnded(client: HttpClient, id: string, { stderr }: Terminal): Promise<BacktestAnswer> {
  const interruption = listenForInterruption();
  try {
    for (let told = -1; ; ) {
      const answer = await client.get(`/backtests/${encodeURIComponent(id)}`, {}, interruption.signal);
      const backtest = readBody(answer, 'the backtest cannot be read', BacktestAnswer);
      const { planned, done } = backtest.windows;
      if (done !== told) stderr.write(`${done} of ${planned} windows\n`);
      told = done;
      if (backtest.complete) return backtest;
      await sleep(LOOK_MILLIS, interruption.signal);
    }
  } catch (error) {
    const { signal } = interruption;
    if (!signal.aborted || !(signal.reason instanceof CommandError)) throw error;
    throw new CommandError(signal.reason.exitCode, `${signal.reason.message}; a service goes on: GET /backtests/${id}`);
  } finally {
    interruption.clear();
  }
}

function exitCodeOf({ status, exception, report }: BacktestAnswer) {
  if (status !== 'succeeded') {
    throw new CommandError(
      EXIT.noVerdict,
      `the backtest is ${status}: ${exception?.details.errors[0] ?? 'no reason is known'}`,
    );
  }
  const isFine = report.judged > 0 && report.metrics.every(({ advice }) => advice.action === 'keep');
  return isFine ? EXIT.ok : EXIT.findings;
}
