import { problemText } from '../../domain/config-problem.ts';
import { toWireJson } from '../../domain/values/wire-json.ts';
import { defineCommand } from '../command.ts';
import { EXIT, UNREACHABLE } from '../command-error.ts';
import { choice, words } from '../options.ts';
import { ServiceOptions } from '../service/service-options.ts';
import { withService } from '../service/with-service.ts';
import { problemsOf } from '../start/dry-run.ts';
import { replacedId, withId } from '../start/find-config.ts';
import { nameOf, readObject } from '../start/read-input.ts';
import { printable } from '../terminal/text-table.ts';

/** `haldane config validate`: every problem that storing or running configs would hit. */
export const configValidate = defineCommand({
  options: ServiceOptions.extend({
    account: words('the name of an account')
      .optional()
      .meta({ value: 'name', description: 'the metrics account (default: the first)' }),
    output: choice(['text', 'json']).default('text').describe('what is printed'),
  }),
  examples: ['haldane config validate checkout.yml --local', 'haldane config validate checkout.yml search.json'],
  exitCodes: {
    [EXIT.ok]: 'all can be stored and run; advice does not count',
    [EXIT.findings]: 'one has a problem',
    [EXIT.unreachable]: UNREACHABLE,
  },
  async run({ args, options }, { stdout }) {
    const files = await Promise.all(args.map(async (file) => ({ file, whole: await readObject(file) })));
    return withService(options, async (client) => {
      const checked = [];
      for (const { file, whole } of files) {
        const inside = 'canaryConfig' in whole;
        const checks = inside ? whole : withId(whole, await replacedId(whole, client));
        const problems = await problemsOf({ whole: checks, account: options.account, client });
        const valid = problems.every(({ prevents }) => prevents === 'nothing');
        checked.push({ file: nameOf(file), valid, problems });
      }
      stdout.write(options.output === 'json' ? `${toWireJson(checked, 2)}\n` : checked.map(textOf).join(''));
      return checked.every(({ valid }) => valid) ? EXIT.ok : EXIT.findings;
    });
  },
});

type Checked = { file: string; valid: boolean; problems: Awaited<ReturnType<typeof problemsOf>> };

function textOf({ file, valid, problems }: Checked): string {
  const lines = problems.map((problem) => {
    const word = { saving: 'cannot be stored', running: 'cannot be run', nothing: 'note' }[problem.prevents];
    return `  ${word}: ${printable(problemText(problem))}`;
  });
  return `${[`${file}: ${valid ? 'valid' : 'not valid'}`, ...lines].join('\n')}\n`;
}
