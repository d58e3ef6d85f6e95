import { z } from 'zod';
import { CommandError, EXIT } from './command-error.ts';

const WEB_ADDRESS = /^https?:\/\//i;

/** Whether an argument is an address and not a folder. */
export function isWebAddress(text: string): boolean {
  return WEB_ADDRESS.test(text);
}

/** The address of a service; a path is kept, a trailing slash removed. */
export const BaseUrl = z
  .url({ protocol: /^https?$/, error: 'must be an address such as http://127.0.0.1:8090' })
  .overwrite((url) => url.replace(/\/+$/, ''));

/** The address of a service as an argument. @throws CommandError usage */
export function readAddress(argument: string): string {
  const parsed = BaseUrl.safeParse(argument);
  if (parsed.success) return parsed.data;
  throw new CommandError(EXIT.usage, `'${argument}' ${parsed.error.issues[0]?.message} (haldane --help)`);
}

/** Option of every command that calls a service. */
export const TimeoutSeconds = z.coerce
  .number({ error: 'must be a number of seconds' })
  .positive('must be more than 0 seconds')
  .max(3600, 'must be an hour or less')
  .default(30)
  .meta({ value: 'seconds', description: 'how long to wait for one answer' });

/** Option of every command that prints a report. */
export const Json = z.boolean().default(false).describe('report as JSON');

/** Option of every command that reads from a Kayenta, which may have several storage accounts. */
export const KayentaAccount = z
  .string()
  .min(1, 'must be a name')
  .optional()
  .meta({ value: 'name', description: "Kayenta's storage account (default: the one Kayenta uses by default)" });

/** An option as a user types and reads it. */
export interface Flag {
  /** without the dashes */
  readonly name: string;
  /** how help names its value; absent: a switch */
  readonly value?: string;
  readonly choices?: readonly string[];
  readonly help: string;
}

/** The options that a schema declares. */
export function flagsOf(options: z.ZodObject): Flag[] {
  const { properties = {}, required = [] } = z.toJSONSchema(options, { io: 'input', unrepresentable: 'any' });
  return Object.entries(properties).map(([key, property]) => {
    const { type, description = '', value = 'value', default: byDefault, enum: choices } = property as FlagSchema;
    const note = required.includes(key) ? ' (required)' : defaultNote(byDefault);
    const flag = { name: flagName(key), help: `${description}${note}` };
    if (type === 'boolean') return flag;
    return choices === undefined ? { ...flag, value } : { ...flag, value: choices.join('|'), choices };
  });
}

interface FlagSchema {
  readonly type?: string;
  readonly description?: string;
  readonly value?: string;
  readonly default?: string | number | boolean;
  readonly enum?: readonly string[];
}

function defaultNote(value: FlagSchema['default']): string {
  return value === undefined || value === false || value === '' ? '' : ` (default: ${value})`;
}

/** `dryRun` is typed as `dry-run`. */
function flagName(key: string): string {
  return key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** Parses the options of the command line. @throws CommandError usage, naming the option and its valid values */
export function readOptions<Options extends z.ZodObject>(schema: Options, values: unknown): z.output<Options> {
  const parsed = schema.safeParse(values);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `--${flagName(path.join('.'))}: ${message}`);
  throw new CommandError(EXIT.usage, `${problems.join('; ')} (haldane --help)`);
}
