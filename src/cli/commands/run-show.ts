import { z } from 'zod';
import { MetricSetPair } from '../../domain/metric-set-pair.ts';
import { CanaryExecutionStatusResponse } from '../../domain/run.ts';
import { toWireJson } from '../../domain/values/wire-json.ts';
import type { HttpClient } from '../client/http-client.ts';
import { bodyOf } from '../client/read-answer.ts';
import { defineCommand } from '../command.ts';
import { EXIT, UNREACHABLE } from '../command-error.ts';
import { choice } from '../options.ts';
import { ServiceOptions } from '../service/service-options.ts';
import { withService } from '../service/with-service.ts';
import { verdictText } from '../terminal/verdict-text.ts';
import { reportText } from '../verdict/verdict-output.ts';

/** `haldane run show`: a run with its metrics, in the words of its report. */
export const runShow = defineCommand({
  options: z.object({
    url: ServiceOptions.shape.url,
    output: choice(['text', 'json', 'md', 'junit']).default('text').describe('what is printed'),
  }),
  examples: [
    'haldane run show 01JD8Z6Q5V7S0A2B3C4D5E6F7G',
    'haldane run show 01JD8Z6Q5V7S0A2B3C4D5E6F7G --output json',
  ],
  exitCodes: { [EXIT.ok]: 'it was shown, whatever its verdict', [EXIT.unreachable]: UNREACHABLE },
  async run({ args: [id = ''], options: { url, output } }, { stdout }) {
    return withService({ url }, async (client) => {
      const judged = { kind: 'run', id } as const;
      if (output === 'md' || output === 'junit') {
        stdout.write(await reportText({ judged, client }, output === 'md' ? 'md' : 'junit.xml'));
        return EXIT.ok;
      }
      const body = bodyOf(await client.get(`/canary/${encodeURIComponent(id)}`), `run '${id}' cannot be read`);
      if (output === 'json') stdout.write(`${toWireJson(body, 2)}\n`);
      else stdout.write(`${await shown(body, client)}\n`);
      return EXIT.ok;
    });
  },
});

async function shown(body: unknown, client: HttpClient): Promise<string> {
  const run = CanaryExecutionStatusResponse.parse(body);
  const { metricSetPairListId: listId } = run;
  const list =
    listId === undefined ? [] : bodyOf(await client.get(`/metricSetPairList/${listId}`), 'its series cannot be read');
  return verdictText(run, z.array(MetricSetPair).parse(list));
}
