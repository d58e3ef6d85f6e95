import { z } from 'zod';
import { problemText } from '../../domain/config-problem.ts';
import type { HttpClient } from '../client/http-client.ts';
import { readBody } from '../client/read-answer.ts';
import { defineCommand, type Terminal } from '../command.ts';
import { EXIT, type ExitCode, UNREACHABLE } from '../command-error.ts';
import { ServiceOptions } from '../service/service-options.ts';
import { withService } from '../service/with-service.ts';
import { problemsOf } from '../start/dry-run.ts';
import { replacedId, withId } from '../start/find-config.ts';
import { nameOf, readObject } from '../start/read-input.ts';
import { printable } from '../terminal/text-table.ts';

type JsonObject = Readonly<Record<string, unknown>>;

/** `haldane config apply`: stores configs; one that is there already is replaced. */
export const configApply = defineCommand({
  options: z.object({
    url: ServiceOptions.shape.url,
    dryRun: z.boolean().default(false).describe('say what would be done; store nothing'),
  }),
  examples: [
    'haldane config apply checkout.yml',
    'haldane config apply checkout.yml search.json --dry-run',
    'haldane config get checkout | haldane config apply -',
  ],
  exitCodes: {
    [EXIT.ok]: 'all are stored',
    [EXIT.findings]: 'one cannot be stored, so none was; the reason names the field',
    [EXIT.unreachable]: UNREACHABLE,
  },
  async run({ args, options: { url, dryRun } }, terminal) {
    const files = await Promise.all(args.map(async (file) => ({ file, config: await readObject(file) })));
    return withService({ url }, async (client) => {
      const all = [];
      for (const { file, config } of files) all.push({ file, config, id: await replacedId(config, client) });
      const sound = await Promise.all(all.map((one) => isSound(one, client, terminal)));
      if (sound.includes(false)) return EXIT.findings;
      for (const one of all) await apply(one, { dryRun, client }, terminal);
      return EXIT.ok satisfies ExitCode;
    });
  },
});

interface Applied {
  readonly file: string;
  readonly config: JsonObject;
  /** of the stored config that it replaces; absent: of none */
  readonly id: string | undefined;
}

async function isSound({ file, config, id }: Applied, client: HttpClient, { stderr }: Terminal): Promise<boolean> {
  const problems = await problemsOf({ whole: withId(config, id), account: undefined, client });
  for (const problem of problems) {
    const word = problem.prevents === 'saving' ? 'problem' : 'warning';
    stderr.write(`${word}: ${nameOf(file)}: ${printable(problemText(problem))}\n`);
  }
  return problems.every(({ prevents }) => prevents !== 'saving');
}

interface Place {
  readonly dryRun: boolean;
  readonly client: HttpClient;
}

async function apply({ file, config, id }: Applied, { dryRun, client }: Place, { stdout }: Terminal): Promise<void> {
  const done = id === undefined ? 'stored' : 'replaced';
  if (dryRun) {
    stdout.write(`${nameOf(file)} would be ${done}${id === undefined ? '' : `: ${id}`}\n`);
    return;
  }
  const answer =
    id === undefined
      ? await client.send('POST', '/canaryConfig', { body: config })
      : await client.send('PUT', `/canaryConfig/${encodeURIComponent(id)}`, { body: withId(config, id) });
  const { canaryConfigId } = readBody(answer, `${nameOf(file)} is not stored`, Stored);
  stdout.write(`${nameOf(file)} ${done}: ${canaryConfigId}\n`);
}

const Stored = z.looseObject({ canaryConfigId: z.string() });
