import { z } from 'zod';
import { problemText } from '../../domain/config-problem.ts';
import { LINT_RULES } from '../../domain/lint-rules.ts';
import { toWireJson } from '../../domain/values/wire-json.ts';
import { defineCommand, type Terminal } from '../command.ts';
import { CommandError, EXIT, UNREACHABLE } from '../command-error.ts';
import { readBacktests } from '../lint/backtests.ts';
import { configFiles } from '../lint/config-files.ts';
import { choice, words } from '../options.ts';
import { ServiceOptions } from '../service/service-options.ts';
import { withService } from '../service/with-service.ts';
import { problemsOf } from '../start/dry-run.ts';
import { replacedId, withId } from '../start/find-config.ts';
import { nameOf, readObject } from '../start/read-input.ts';
import { printable, textTable } from '../terminal/text-table.ts';

/** `haldane config lint`: all that is wrong or odd with configs, for a CI job. */
export const configLint = defineCommand({
  options: ServiceOptions.omit({ local: true }).extend({
    strict: z.boolean().default(false).describe('advice counts as well, unless the config silences it'),
    account: words('the name of an account')
      .optional()
      .meta({ value: 'name', description: 'the metrics account (default: the first)' }),
    backtest: z.array(words('a file or an id')).default([]).meta({
      value: 'file|id',
      description: 'a backtest of one of the configs: what it found counts; may be repeated',
    }),
    falseAlarms: z.coerce
      .number({ error: 'must be a percentage' })
      .min(0.1, 'must be from 0.1 to 100')
      .max(100, 'must be from 0.1 to 100')
      .default(5)
      .meta({ value: 'percent', description: 'of the windows of a backtest: how many may fail without a reason' }),
    rules: z.boolean().default(false).describe('list the rules, and look at nothing'),
    output: choice(['text', 'json']).default('text').describe('what is printed'),
  }),
  examples: [
    'haldane config lint canaries/ --strict',
    'haldane config lint checkout.yml --strict --backtest backtest.json --false-alarms 3',
    'haldane config lint --rules',
  ],
  exitCodes: {
    [EXIT.ok]: 'nothing is wrong',
    [EXIT.findings]: 'a config cannot be stored or run; with --strict, or there is advice',
    [EXIT.unreachable]: UNREACHABLE,
  },
  async run({ args, options: { strict, account, rules, output, url, backtest, falseAlarms } }, { stdout }) {
    const json = output === 'json';
    if (rules) return listRules(json, stdout);
    if (args.length === 0) throw new CommandError(EXIT.usage, "'config lint' needs files or folders, or --rules");
    const files = configFiles(args);
    // Without an address it needs no service: a CI job has none.
    return withService(url === undefined ? { local: true, url } : { url }, async (client) => {
      const linted = [];
      const backtests = await readBacktests(backtest, client);
      for (const file of files) {
        const whole = await readObject(file);
        const inside = 'canaryConfig' in whole;
        const checks = inside ? whole : withId(whole, await replacedId(whole, client));
        const tried = backtests.problemsOf(inside ? whole.canaryConfig : whole, falseAlarms / 100);
        const problems = [...(await problemsOf({ whole: checks, account, client })), ...tried];
        const counts = problems.filter(({ prevents, silenced }) => {
          return prevents !== 'nothing' || (strict && silenced === undefined);
        });
        linted.push({ file: nameOf(file), sound: counts.length === 0, problems });
      }
      backtests.requireUsed();
      const sound = linted.every((one) => one.sound);
      stdout.write(json ? `${toWireJson(linted, 2)}\n` : `${linted.map(textOf).join('')}${summary(linted)}`);
      return sound ? EXIT.ok : EXIT.findings;
    });
  },
});

interface Linted {
  readonly file: string;
  readonly sound: boolean;
  readonly problems: Awaited<ReturnType<typeof problemsOf>>;
}

const WORDS = { saving: 'cannot be stored', running: 'cannot be run', nothing: 'advice' } as const;

function textOf({ file, problems }: Linted): string {
  return problems
    .filter(({ silenced }) => silenced === undefined)
    .map((problem) => `${file}: ${WORDS[problem.prevents]}: ${printable(problemText(problem))} [${problem.rule}]\n`)
    .join('');
}

function summary(linted: readonly Linted[]): string {
  const all = linted.flatMap(({ problems }) => problems);
  const silenced = all.filter((one) => one.silenced !== undefined).length;
  const advice = all.filter(({ prevents }) => prevents === 'nothing').length - silenced;
  const wrong = all.length - advice - silenced;
  return `${linted.length === 1 ? '1 config' : `${linted.length} configs`}: ${wrong} wrong, ${advice} advice, ${silenced} silenced\n`;
}

function listRules(json: boolean, stdout: Terminal['stdout']) {
  const rules = Object.entries(LINT_RULES).map(([rule, { prevents, why }]) => ({ rule, prevents, why }));
  const rows = rules.map(({ rule, prevents, why }) => [rule, WORDS[prevents], why]);
  stdout.write(json ? `${toWireJson(rules, 2)}\n` : textTable(['RULE', 'THEN IT', 'WHY'], rows));
  return EXIT.ok;
}
