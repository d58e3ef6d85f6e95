import { z } from 'zod';
import { CommandError, EXIT } from './command-error.ts';

const WEB_ADDRESS = /^https?:\/\//i;

/** Whether an argument is an address and not a folder. */
export function isWebAddress(text: string): boolean {
  return WEB_ADDRESS.test(text);
}

/** Address of a service; a path is kept, a trailing slash is not. */
export const BaseUrl = z
  .url({ protocol: /^https?$/, error: 'must be an address such as http://127.0.0.1:8090' })
  .transform((url) => url.replace(/\/+$/, ''));

/** The address of a service as an argument. @throws CommandError usage */
export function readAddress(argument: string): string {
  const parsed = BaseUrl.safeParse(argument);
  if (parsed.success) return parsed.data;
  throw new CommandError(EXIT.usage, `'${argument}' ${parsed.error.issues[0]?.message} (haldane --help)`);
}

/** Options of every command that asks a service. */
export const TimeoutSeconds = z.coerce
  .number({ error: 'must be a number of seconds' })
  .positive('must be more than 0 seconds')
  .max(3600, 'must be an hour or less')
  .default(30);

/** Reads what was given on the command line. @throws CommandError usage, naming the option and what it takes */
export function readOptions<T>(schema: z.ZodType<T>, values: Readonly<Record<string, unknown>>): T {
  const parsed = schema.safeParse(values);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `--${path.join('.')}: ${message}`);
  throw new CommandError(EXIT.usage, `${problems.join('; ')} (haldane --help)`);
}
