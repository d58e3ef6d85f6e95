import { BacktestAnswer } from '../../domain/backtest.ts';
import type { ConfigProblem } from '../../domain/config-problem.ts';
import { LintSettings, withReasons } from '../../domain/silenced-problems.ts';
import { backtestProblems } from '../../engine/backtest/backtest-problems.ts';
import type { HttpClient } from '../client/http-client.ts';
import { readBody } from '../client/read-answer.ts';
import { CommandError, EXIT } from '../command-error.ts';
import { isFile, readObject } from '../start/read-input.ts';

type JsonObject = Readonly<Record<string, unknown>>;

export interface KnownBacktests {
  /** What its backtest says against a config, silenced where the config says so; nothing when no backtest was handed in. */
  problemsOf(config: unknown, mostFalseAlarms: number): ConfigProblem[];
  /** @throws CommandError usage when one is of none of the configs: a job must not pass for a wrong name */
  requireUsed(): void;
}

/**
 * Backtests as `config backtest --output json` writes them, or stored ones by their id. Of several of one config the last
 * counts.
 *
 * @throws CommandError when one cannot be read
 */
export async function readBacktests(named: readonly string[], client: HttpClient): Promise<KnownBacktests> {
  const backtests = new Map<string, BacktestAnswer>();
  for (const name of named) backtests.set(name, await readBacktest(name, client));
  const used = new Set<string>();
  return {
    problemsOf(value, most) {
      if (named.length === 0) return [];
      const config = (typeof value === 'object' && value !== null ? value : {}) as JsonObject;
      const own = [...backtests].filter(([, backtest]) => isOf(backtest, config));
      for (const [name] of own) used.add(name);
      const problems = backtestProblems(config, own.at(-1)?.[1], { most });
      const { data: lint } = LintSettings.safeParse(config.lint);
      const metrics = Array.isArray(config.metrics) ? (config.metrics as { name?: string }[]) : [];
      return withReasons(problems, { lint, metrics });
    },
    requireUsed() {
      const [name, backtest] = [...backtests].find(([one]) => !used.has(one)) ?? [];
      if (name === undefined) return;
      const of = `is of a config named '${backtest?.config ?? ''}', and none of the files is`;
      throw new CommandError(EXIT.usage, `--backtest: ${name} ${of}`);
    },
  };
}

async function readBacktest(name: string, client: HttpClient): Promise<BacktestAnswer> {
  if (!isFile(name)) {
    const answer = await client.get(`/backtests/${encodeURIComponent(name)}`);
    return readBody(answer, `--backtest: there is no file '${name}', and no backtest`, BacktestAnswer);
  }
  const read = BacktestAnswer.safeParse(await readObject(name));
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const where = `${issue?.path.join('.')}: ${issue?.message}`;
  const remedy = '`haldane config backtest … --output json` writes one';
  throw new CommandError(EXIT.usage, `--backtest: ${name} is no backtest (${where}); ${remedy}`);
}

function isOf({ config, canaryConfigId }: BacktestAnswer, { id, name }: JsonObject): boolean {
  return (typeof id === 'string' && id !== '' && id === canaryConfigId) || (name !== undefined && name === config);
}
