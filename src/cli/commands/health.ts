import { existsSync, readFileSync } from 'node:fs';
import { request as askHttp } from 'node:http';
import { request as askHttps } from 'node:https';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import { ownAddress } from '../../config/own-address.ts';
import { messageOf } from '../../errors.ts';
import { defineCommand } from '../command.ts';
import { CommandError, EXIT } from '../command-error.ts';

const DEFAULT_FILE = './haldane.yml';
const TIMEOUT_MILLIS = 2500;

/** `haldane health`: asks the service of this configuration on this machine; for the probe of a container. */
export const health = defineCommand({
  options: z.object({
    ready: z
      .boolean()
      .default(false)
      .describe('whether it should get requests (/readyz), not whether it works (/health)'),
  }),
  examples: ['haldane health', 'HALDANE_CONFIG=/etc/haldane.yml haldane health --ready'],
  exitCodes: { [EXIT.ok]: 'it works, or is ready', [EXIT.findings]: 'it does not, is not, or cannot be reached' },
  async run({ options: { ready } }, { stdout }) {
    const url = `${configuredAddress()}${ready ? '/readyz' : '/health'}`;
    const { status, body } = await ask(url).catch((error: unknown) => {
      throw new CommandError(EXIT.findings, `${url} cannot be reached: ${messageOf(error)}`, error);
    });
    stdout.write(`${body}\n`);
    return status === 200 ? EXIT.ok : EXIT.findings;
  },
});

/** Whoever probes knows 0 and 1. @throws CommandError */
function configuredAddress(): string {
  const named = process.env.HALDANE_CONFIG;
  try {
    const text = named || existsSync(DEFAULT_FILE) ? readFileSync(named || DEFAULT_FILE, 'utf8') : '';
    return ownAddress(text, process.env);
  } catch (error) {
    throw new CommandError(EXIT.findings, messageOf(error), error);
  }
}

/**
 * The certificate is for the names that others use, and nothing is sent that anybody might not know. The name in Host is
 * one that every service answers to.
 */
async function ask(url: string): Promise<{ status: number; body: string }> {
  const options = { headers: { host: 'localhost' }, timeout: TIMEOUT_MILLIS, rejectUnauthorized: false };
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; body: string }>();
  const asked = (url.startsWith('https:') ? askHttps : askHttp)(url, options, (answer) => {
    text(answer).then((body) => resolve({ status: answer.statusCode ?? 0, body }), reject);
  });
  asked.on('timeout', () => asked.destroy(new Error(`no answer in ${TIMEOUT_MILLIS} ms`)));
  asked.on('error', reject);
  asked.end();
  return promise;
}
