import { toWireJson } from '../../domain/values/wire-json.ts';
import { defineCommand } from '../command.ts';
import { EXIT } from '../command-error.ts';
import { choice, words } from '../options.ts';
import { ServiceOptions } from '../service/service-options.ts';
import { withService } from '../service/with-service.ts';
import { AnalysisOptions, analysisRequest } from '../start/analysis-options.ts';
import { ANALYSES, prepare, start } from '../start/start-run.ts';

const Options = AnalysisOptions.extend({
  url: ServiceOptions.shape.url,
  key: words('a key').max(255, 'must have at most 255 characters').optional().meta({
    value: 'key',
    description: 'the same key starts once, within a day (default: none)',
  }),
  output: choice(['text', 'json']).default('text').describe('what is printed'),
});

/** `haldane analysis start`: starts an analysis, which judges again and again, and prints its id. */
export const analysisStart = defineCommand({
  options: Options,
  examples: [
    'haldane analysis start checkout --baseline shop-stable --canary shop-canary --lifetime 1h --interval 10m',
    'haldane analysis start checkout --baseline v1 --canary v2 --shares 1,5,25,50 --interval 15m',
    'haldane analysis start checkout.yml --baseline v1 --canary v2 --start now-1h --end now',
  ],
  exitCodes: { [EXIT.ok]: 'it was started', [EXIT.noVerdict]: 'the service cannot be reached, or did not start it' },
  async run({ args: [config], options }, terminal) {
    return withService({ url: options.url }, async (client) => {
      const build = (chosen: object, fromFile: object) => analysisRequest(options, { ...chosen }, { ...fromFile });
      const prepared = await prepare({ path: ANALYSES, config, options, build }, client);
      const started = await start(prepared, options.key, client);
      for (const warning of started.warnings) terminal.stderr.write(`warning: ${warning}\n`);
      terminal.stdout.write(`${options.output === 'json' ? toWireJson(started, 2) : started.id}\n`);
      return EXIT.ok;
    });
  },
});
