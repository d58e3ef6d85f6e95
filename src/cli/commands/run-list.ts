import { z } from 'zod';
import { VERDICTS } from '../../domain/canary-judge-result.ts';
import { CanaryExecutionStatusResponse, ExecutionStatus } from '../../domain/run.ts';
import { toWireJson } from '../../domain/values/wire-json.ts';
import { bodyOf } from '../client/read-answer.ts';
import { defineCommand } from '../command.ts';
import { EXIT, UNREACHABLE } from '../command-error.ts';
import { choice, words } from '../options.ts';
import { listOptions } from '../service/list-options.ts';
import { withService } from '../service/with-service.ts';
import { textTable } from '../terminal/text-table.ts';

const { url, application, limit, output } = listOptions('runs').shape;
const Options = z.object({
  url,
  application,
  status: choice(ExecutionStatus.options as [ExecutionStatus, ...ExecutionStatus[]])
    .optional()
    .describe('only in this state'),
  verdict: choice(VERDICTS).optional().describe('only with this verdict'),
  config: words('an id').optional().meta({ value: 'id', description: 'only with this stored config' }),
  limit,
  output,
});

/** `haldane run list`: the newest runs, one a line. */
export const runList = defineCommand({
  options: Options,
  examples: ['haldane run list', 'haldane run list --application shop --verdict Fail --output json'],
  exitCodes: { [EXIT.ok]: 'they were listed', [EXIT.unreachable]: UNREACHABLE },
  async run({ options }, { stdout }) {
    const { url, application = '*', status: statuses, verdict: verdicts, config: canaryConfigId, limit } = options;
    return withService({ url }, async (client) => {
      const query = { application, statuses, verdicts, canaryConfigId, limit };
      const answer = await client.get('/canary/executions', query);
      const runs = bodyOf(answer, 'the runs cannot be listed');
      stdout.write(options.output === 'json' ? `${toWireJson(runs, 2)}\n` : listText(runs));
      return EXIT.ok;
    });
  },
});

const Listed = z.array(
  CanaryExecutionStatusResponse.pick({ pipelineId: true, application: true, status: true, buildTimeIso: true }).extend({
    config: z.looseObject({ name: z.string().optional() }).optional(),
    result: z
      .looseObject({
        judgeResult: z.looseObject({
          score: z.looseObject({ score: z.unknown(), classification: z.string().optional() }).optional(),
        }),
      })
      .optional(),
  }),
);

function listText(body: unknown): string {
  const runs = Listed.parse(body);
  if (runs.length === 0) return 'There are none.\n';
  const rows = runs.map(({ pipelineId, application, config, status, buildTimeIso, result }) => {
    const { score, classification = '' } = result?.judgeResult.score ?? {};
    const shown = typeof score === 'number' ? score.toFixed(1) : '';
    return [pipelineId, buildTimeIso, application, config?.name ?? '', status, classification, shown];
  });
  return textTable(['ID', 'ACCEPTED', 'APPLICATION', 'CONFIG', 'STATUS', 'VERDICT', 'SCORE'], rows);
}
