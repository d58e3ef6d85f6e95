import { z } from 'zod';
import { ROLES, type Role } from '../../domain/permission.ts';
import { toWireJson } from '../../domain/values/wire-json.ts';
import { readBody } from '../client/read-answer.ts';
import { defineCommand } from '../command.ts';
import { EXIT, UNREACHABLE } from '../command-error.ts';
import { choice, Json } from '../options.ts';
import { ServiceOptions } from '../service/service-options.ts';
import { withService } from '../service/with-service.ts';
import { TokenView, tokenLine } from '../tokens/token-view.ts';

const Created = TokenView.extend({ token: z.string() });

/** Names, separated by commas. */
const Names = z
  .string()
  .transform((text) => text.split(',').map((name) => name.trim()))
  .refine((names) => names.every((name) => name !== ''), 'must be names, separated by commas, such as shop,cart');

/** `haldane token create`: the token goes to the standard output, alone; what it may goes to the standard error. */
export const tokenCreate = defineCommand({
  options: z.object({
    url: ServiceOptions.shape.url,
    name: z.string({ error: 'is required' }).meta({ value: 'name', description: 'what logs and the audit call it' }),
    role: choice(Object.keys(ROLES) as [Role, ...Role[]]).describe('what it may'),
    applications: Names.optional().meta({
      value: 'names',
      description: 'only these, such as shop,cart (default: all)',
    }),
    accounts: Names.optional().meta({
      value: 'names',
      description: 'metrics accounts it may send queries to (default: all)',
    }),
    expires: z.string().optional().meta({ value: 'time', description: 'after 12h, 90d or 52w (default: never)' }),
    json: Json,
  }),
  examples: [
    'haldane token create --name ci --role runner --applications shop,cart --expires 90d',
    'HALDANE_TOKEN=$HALDANE_ADMIN_TOKEN haldane token create --name grafana --role viewer',
  ],
  exitCodes: { [EXIT.ok]: 'it was created', [EXIT.unreachable]: UNREACHABLE },
  async run({ options: { url, json, ...asked } }, { stdout, stderr }) {
    return withService({ url }, async (client) => {
      const answer = await client.send('POST', '/tokens', { body: asked });
      const created = readBody(answer, `the token '${asked.name}' is not created`, Created);
      if (json) stdout.write(`${toWireJson(created, 2)}\n`);
      else stdout.write(`${created.token}\n`);
      if (!json) stderr.write(`${tokenLine(created)}. It is shown this once.\n`);
      return EXIT.ok;
    });
  },
});
