import { toWireJson } from '../../domain/values/wire-json.ts';
import { defineCommand } from '../command.ts';
import { EXIT, UNREACHABLE } from '../command-error.ts';
import { choice } from '../options.ts';
import { ServiceOptions } from '../service/service-options.ts';
import { withService } from '../service/with-service.ts';
import { previewsOf, previewText } from '../start/dry-run.ts';
import { RunOptions } from '../start/scope-options.ts';
import { prepareRun } from '../start/start-run.ts';

/** `haldane config queries`: the queries a run would send. */
export const configQueries = defineCommand({
  options: RunOptions.omit({ pass: true, marginal: true, application: true }).extend({
    ...ServiceOptions.shape,
    output: choice(['text', 'json']).default('text').describe('what is printed'),
  }),
  examples: [
    'haldane config queries checkout.yml --local --baseline shop-stable --canary shop-canary',
    'haldane config queries checkout --baseline v1 --canary v2 --last 30m --output json',
  ],
  exitCodes: {
    [EXIT.ok]: 'every query can be built',
    [EXIT.findings]: 'one cannot; the reason is beside it',
    [EXIT.unreachable]: UNREACHABLE,
  },
  async run({ args: [config], options }, { stdout }) {
    return withService(options, async (client) => {
      const { last = '1h', start, for: length } = options;
      const window = start === undefined && length === undefined ? { last } : {};
      const asked = { ...options, ...window, pass: undefined, marginal: undefined, application: undefined };
      const { whole } = await prepareRun(config, asked, client);
      const previews = await previewsOf({ whole, account: options.account, client });
      stdout.write(options.output === 'json' ? `${toWireJson(previews, 2)}\n` : previewText(previews));
      return previews.some(({ problem }) => problem !== undefined) ? EXIT.findings : EXIT.ok;
    });
  },
});
