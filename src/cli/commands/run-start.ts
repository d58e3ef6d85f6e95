import { z } from 'zod';
import { toWireJson } from '../../domain/values/wire-json.ts';
import { defineCommand } from '../command.ts';
import { EXIT } from '../command-error.ts';
import { choice, words } from '../options.ts';
import { ServiceOptions } from '../service/service-options.ts';
import { withService } from '../service/with-service.ts';
import { dryRun } from '../start/dry-run.ts';
import { RunOptions } from '../start/scope-options.ts';
import { prepareRun, start } from '../start/start-run.ts';

const Options = RunOptions.extend({
  url: ServiceOptions.shape.url,
  key: words('a key').max(255, 'must have at most 255 characters').optional().meta({
    value: 'key',
    description: 'the same key starts once, within a day (default: none)',
  }),
  dryRun: z.boolean().default(false).describe('check config and request and show the queries; start nothing'),
  output: choice(['text', 'json']).default('text').describe('what is printed'),
});

/** `haldane run start`: starts a run and prints its id. */
export const runStart = defineCommand({
  options: Options,
  examples: [
    'haldane run start checkout --baseline shop-stable --canary shop-canary --last 30m',
    'haldane run start checkout.yml --baseline v1 --canary v2 --start now-2h --end now-1h --output json',
    'haldane run start --request openapi/examples/demo/any-prometheus.json',
  ],
  exitCodes: { [EXIT.ok]: 'it was started', [EXIT.noVerdict]: 'the service cannot be reached, or did not start it' },
  async run({ args: [config], options }, terminal) {
    return withService({ url: options.url }, async (client) => {
      const prepared = await prepareRun(config, options, client);
      if (options.dryRun) return dryRun({ ...prepared, account: options.account, client }, terminal);
      const started = await start(prepared, options.key, client);
      for (const warning of started.warnings) terminal.stderr.write(`warning: ${warning}\n`);
      if (started.waiting !== undefined) terminal.stderr.write(`${started.waiting}\n`);
      const text = options.output === 'json' ? toWireJson(started, 2) : started.id;
      terminal.stdout.write(`${text}\n`);
      return EXIT.ok;
    });
  },
});
