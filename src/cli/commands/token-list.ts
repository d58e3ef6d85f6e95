import { z } from 'zod';
import { toWireJson } from '../../domain/values/wire-json.ts';
import { readBody } from '../client/read-answer.ts';
import { defineCommand } from '../command.ts';
import { EXIT, UNREACHABLE } from '../command-error.ts';
import { Json } from '../options.ts';
import { ServiceOptions } from '../service/service-options.ts';
import { withService } from '../service/with-service.ts';
import { printable } from '../terminal/text-table.ts';
import { TokenView, tokenLine } from '../tokens/token-view.ts';

/** `haldane token list`: newest first; nobody can read a token here. */
export const tokenList = defineCommand({
  options: z.object({ url: ServiceOptions.shape.url, json: Json }),
  examples: ['haldane token list', 'haldane token list --json'],
  exitCodes: { [EXIT.ok]: 'the list is complete', [EXIT.unreachable]: UNREACHABLE },
  async run({ options: { url, json } }, { stdout }) {
    return withService({ url }, async (client) => {
      const tokens = readBody(await client.get('/tokens'), 'tokens cannot be listed', z.array(TokenView));
      const lines = tokens.map((token) => {
        const { state, lastUsedAtIso: used } = token;
        return `${state.padEnd(7)} ${tokenLine(token)}; ${used === undefined ? 'never used' : `last used ${used}`}`;
      });
      stdout.write(json ? `${toWireJson(tokens, 2)}\n` : lines.map((line) => `${printable(line)}\n`).join(''));
      return EXIT.ok;
    });
  },
});
