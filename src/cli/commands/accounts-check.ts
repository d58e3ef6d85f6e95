import { z } from 'zod';
import { toWireJson } from '../../domain/values/wire-json.ts';
import type { HttpClient } from '../client/http-client.ts';
import { exitCodeOf, reasonOf } from '../client/read-answer.ts';
import { defineCommand } from '../command.ts';
import { CommandError, EXIT, UNREACHABLE } from '../command-error.ts';
import { choice } from '../options.ts';
import { ServiceOptions } from '../service/service-options.ts';
import { withService } from '../service/with-service.ts';
import { painted } from '../terminal/colours.ts';
import { printable } from '../terminal/text-table.ts';

const Account = z.looseObject({ status: z.string(), type: z.string().optional(), error: z.string().optional() });
const Health = z.looseObject({
  components: z.looseObject({
    metricsAccounts: z.looseObject({ components: z.record(z.string(), Account) }).optional(),
  }),
});
type Accounts = Readonly<Record<string, z.infer<typeof Account>>>;

/** `haldane accounts check`: sends each metrics store one cheap request. */
export const accountsCheck = defineCommand({
  options: ServiceOptions.extend({
    output: choice(['text', 'json']).default('text').describe('what is printed'),
  }),
  examples: ['haldane accounts check --local', 'haldane accounts check --url http://127.0.0.1:8090 --output json'],
  exitCodes: {
    [EXIT.ok]: 'every account can be used',
    [EXIT.findings]: 'one cannot, or there is none',
    [EXIT.unreachable]: UNREACHABLE,
  },
  async run({ options }, { stdout }) {
    return withService(options, async (client) => {
      const accounts = await checkedAccounts(client);
      const all = Object.entries(accounts);
      const lines = all.map(([name, { status, type = '', error }]) => {
        const word = status === 'UP' ? painted('green', 'usable', stdout) : painted('red', 'not usable', stdout);
        return `${name} (${type}): ${word}${error === undefined ? '' : `: ${printable(error)}`}\n`;
      });
      const none =
        'There is no metrics account; add one below accounts: in haldane.yml, or let `haldane init` do it.\n';
      stdout.write(options.output === 'json' ? `${toWireJson(accounts, 2)}\n` : lines.join('') || none);
      return all.length > 0 && all.every(([, { status }]) => status === 'UP') ? EXIT.ok : EXIT.findings;
    });
  },
});

/** By name. A service with an account that is down still answers. @throws CommandError when it does not */
async function checkedAccounts(client: HttpClient): Promise<Accounts> {
  const answer = await client.get('/health', { deep: 'true' });
  if (!answer.ok) throw new CommandError(exitCodeOf(answer), `accounts cannot be checked: ${reasonOf(answer)}`);
  return Health.parse(answer.body).components.metricsAccounts?.components ?? {};
}
