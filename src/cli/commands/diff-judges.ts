import { z } from 'zod';
import { JudgeDiff, type JudgeDiffRequest, MOST_JUDGED_AGAIN, type RunUnderJudges } from '../../domain/judge-diff.ts';
import { diffTotals } from '../../engine/replay/judge-diff-totals.ts';
import type { HttpClient } from '../client/http-client.ts';
import { bodyOf } from '../client/read-answer.ts';
import { defineCommand } from '../command.ts';
import { CommandError, EXIT, type ExitCode, UNREACHABLE } from '../command-error.ts';
import { choice, words } from '../options.ts';
import { ServiceOptions } from '../service/service-options.ts';
import { withService } from '../service/with-service.ts';
import { readObject } from '../start/read-input.ts';
import { judgeDiffMarkdown, judgeDiffText } from '../terminal/judge-diff-text.ts';
import { printReport } from '../terminal/print-report.ts';

const Options = z.object({
  url: ServiceOptions.shape.url,
  left: words('the name of a judge').optional().meta({
    value: 'judge',
    description: 'what to compare with (default: the verdict that each run ended with)',
  }),
  right: words('the name of a judge')
    .optional()
    .meta({ value: 'judge', description: "who judges again (default: each run's own judge; needs --right-settings)" }),
  leftSettings: settingsOption('--left'),
  rightSettings: settingsOption('--right'),
  application: words('a name').optional().meta({ value: 'name', description: 'only of this one (default: all)' }),
  config: words('an id').optional().meta({ value: 'id', description: 'only with this stored config' }),
  last: z.coerce
    .number({ error: 'must be a number of runs' })
    .int('must be a whole number of runs')
    .min(1, 'must be at least 1')
    .default(200)
    .meta({ value: 'n', description: 'how many runs with a verdict, newest first' }),
  onlyDifferences: z.boolean().default(false).describe('hide the runs whose verdict stays'),
  output: choice(['text', 'json', 'md']).default('text').describe('what is printed'),
});
type Options = z.output<typeof Options>;

function settingsOption(judge: string) {
  return words('a file')
    .optional()
    .meta({
      value: 'file',
      description: `settings of ${judge}, YAML or JSON, as in judge.judgeConfigurations (default: those of each run)`,
    });
}

/** `haldane diff judges`: stored runs under two judges, or under other settings: which verdicts change, and why. */
export const diffJudges = defineCommand({
  options: Options,
  examples: [
    'haldane diff judges --right HaldaneJudge-v1.0 --last 500',
    'haldane diff judges --left NetflixACAJudge-v1.0 --right HaldaneJudge-v1.0 --application checkout',
    'haldane diff judges --right-settings stricter.yml --config 01JD8Z6Q5V7S0A2B3C4D5E6F7G --output md',
  ],
  exitCodes: {
    [EXIT.ok]: 'no verdict changes',
    [EXIT.findings]: 'verdicts change, or no run could be judged by both',
    [EXIT.unreachable]: UNREACHABLE,
  },
  async run({ options }, terminal) {
    const asked = await askedOf(options);
    return withService({ url: options.url }, async (client) => {
      const runs = await allRuns(client, asked, options.last, (done) => {
        if (terminal.stderr.isTTY) terminal.stderr.write(`\r${done} runs judged again`);
      });
      if (terminal.stderr.isTTY) terminal.stderr.write('\r\u001b[K');
      const totals = diffTotals(runs);
      const shown = options.onlyDifferences ? runs.filter(({ changed }) => changed) : runs;
      const value = { totals, runs: shown };
      const text = options.output === 'md' ? judgeDiffMarkdown(value, client.baseUrl) : judgeDiffText(value);
      printReport({ json: options.output === 'json', value, text }, terminal);
      return exitCodeOf(runs);
    });
  },
});

type Asked = Omit<JudgeDiffRequest, 'limit' | 'cursor'>;

async function askedOf({ left, right, leftSettings, rightSettings, application, config }: Options): Promise<Asked> {
  if (right === undefined && rightSettings === undefined) {
    throw new CommandError(
      EXIT.usage,
      'say who judges again: --right HaldaneJudge-v1.0, or --right-settings with a file',
    );
  }
  const one = await choiceOf(left, leftSettings);
  return {
    ...(one === undefined ? {} : { left: one }),
    right: (await choiceOf(right, rightSettings)) ?? {},
    ...(application === undefined ? {} : { application }),
    ...(config === undefined ? {} : { canaryConfigId: config }),
  };
}

async function choiceOf(name: string | undefined, settings: string | undefined) {
  if (name === undefined && settings === undefined) return undefined;
  const judgeConfigurations = settings === undefined ? {} : { judgeConfigurations: await readObject(settings) };
  return { ...(name === undefined ? {} : { name }), ...judgeConfigurations };
}

/** Page by page: each is one bounded request, so that nobody is held up for long. */
async function allRuns(
  client: HttpClient,
  asked: Asked,
  last: number,
  done: (count: number) => void,
): Promise<RunUnderJudges[]> {
  const runs: RunUnderJudges[] = [];
  let cursor: string | undefined;
  do {
    const limit = Math.min(MOST_JUDGED_AGAIN, last - runs.length);
    const body = { ...asked, limit, ...(cursor === undefined ? {} : { cursor }) };
    const answer = await client.send('POST', '/judges/diff', { body });
    const page = JudgeDiff.parse(bodyOf(answer, 'the runs cannot be judged again'));
    runs.push(...page.runs);
    cursor = page.cursor;
    done(runs.length);
  } while (cursor !== undefined && runs.length < last);
  return runs;
}

function exitCodeOf(runs: readonly RunUnderJudges[]): ExitCode {
  const judged = runs.filter(({ notJudged }) => notJudged === undefined);
  if (judged.some(({ changed }) => changed)) return EXIT.findings;
  return judged.length === 0 ? EXIT.findings : EXIT.ok;
}
