import { z } from 'zod';
import { Replay } from '../../domain/judge-diff.ts';
import type { HttpClient } from '../client/http-client.ts';
import { mapLimited } from '../client/map-limited.ts';
import { bodyOf } from '../client/read-answer.ts';
import { defineCommand } from '../command.ts';
import { CommandError, EXIT, UNREACHABLE } from '../command-error.ts';
import { choice, words } from '../options.ts';
import { ServiceOptions } from '../service/service-options.ts';
import { withService } from '../service/with-service.ts';
import { printReport } from '../terminal/print-report.ts';
import { printable } from '../terminal/text-table.ts';

const CONCURRENT_REPLAYS = 2;

const Options = z.object({
  url: ServiceOptions.shape.url,
  last: z.coerce
    .number({ error: 'must be a number of runs' })
    .int('must be a whole number of runs')
    .min(1, 'must be at least 1')
    .max(1000, 'must be at most 1000')
    .optional()
    .meta({ value: 'n', description: 'instead of an id: the newest runs with a verdict' }),
  application: words('a name').optional().meta({ value: 'name', description: 'with --last, only of this one' }),
  output: choice(['text', 'json']).default('text').describe('what is printed'),
});

/** `haldane run replay`: judges stored runs once more as they were; the bytes must be the same, years later too. */
export const runReplay = defineCommand({
  options: Options,
  examples: ['haldane run replay 01JD8Z6Q5V7S0A2B3C4D5E6F7G', 'haldane run replay --last 100'],
  exitCodes: {
    [EXIT.ok]: 'every result is the stored one, byte for byte',
    [EXIT.findings]: 'one differs, or could not be judged again, or there is none',
    [EXIT.unreachable]: UNREACHABLE,
  },
  async run({ args: [id], options }, terminal) {
    return withService({ url: options.url }, async (client) => {
      const { results, failure } = await mapLimited({
        items: await idsOf(client, id, options),
        concurrency: CONCURRENT_REPLAYS,
        work: (one) => replay(client, one),
        progress: { output: terminal.stderr, label: 'runs' },
      });
      const text = results.map(inWords).join('') || 'No run ended with a verdict.\n';
      printReport({ json: options.output === 'json', value: results, text, failure }, terminal);
      return results.length > 0 && results.every(({ same }) => same) ? EXIT.ok : EXIT.findings;
    });
  },
});

const Listed = z.array(z.object({ pipelineId: z.string() }));

async function idsOf(
  client: HttpClient,
  id: string | undefined,
  { last, application = '*' }: z.output<typeof Options>,
): Promise<readonly string[]> {
  if ((id === undefined) === (last === undefined)) {
    throw new CommandError(EXIT.usage, 'name one run, or how many of the newest: --last 100');
  }
  if (id !== undefined) return [id];
  const query = { application, statuses: 'succeeded', limit: last };
  const runs = Listed.parse(bodyOf(await client.get('/canary/executions', query), 'the runs cannot be listed'));
  return runs.map(({ pipelineId }) => pipelineId);
}

async function replay(client: HttpClient, id: string): Promise<Replay> {
  const answer = await client.send('POST', `/canary/${encodeURIComponent(id)}/replay`);
  return Replay.parse(bodyOf(answer, `run '${id}' cannot be judged again`));
}

function inWords({ runId, same, differsAt, stored, replayed, notReplayed, ...more }: Replay): string {
  if (same) return `${runId}: the same, byte for byte\n`;
  const what =
    notReplayed === undefined
      ? `differs at ${differsAt}${stored === undefined ? '' : `: stored ${stored}, now ${replayed}`}`
      : `not judged again: ${notReplayed}`;
  const { judgedByVersion, version, mayDiffer } = more;
  const versions = [
    ...(judgedByVersion === version
      ? []
      : [`judged by Haldane ${judgedByVersion ?? 'of an older version'}, this is ${version}`]),
    ...mayDiffer,
  ];
  return `${[`${runId}: ${what}`, ...versions.map((one) => `  ${one}`)].map(printable).join('\n')}\n`;
}
