import '../domain/values/plain-refusals.ts';
import { z } from 'zod';
import { closestNames } from '../domain/values/closest-names.ts';
import { READ_ONCE } from '../domain/values/read-once.ts';
import { shortDurationMillis } from '../domain/values/short-duration.ts';
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
  throw new CommandError(EXIT.usage, `'${argument}' ${parsed.error.issues[0]?.message}`);
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

/** One of a few words. A wrong one is answered with the nearest and all. */
export function choice<const Words extends readonly [string, ...string[]]>(words: Words) {
  return z.enum(words, { error: ({ input }) => unknownWord(String(input), words) });
}

/** `'junti' is not known (did you mean junit?); known: text, json, md, junit` */
export function unknownWord(word: string, known: readonly string[]): string {
  const [nearest] = closestNames(word, known);
  return `'${word}' is not known${nearest === undefined ? '' : ` (did you mean ${nearest}?)`}; known: ${known.join(', ')}`;
}

/** A length of time such as `90s`, `30m` or `1h30m`, kept as it was written. */
export const Duration = z
  .string()
  .refine((text) => (shortDurationMillis(text) ?? 0) > 0, 'must be a length of time such as 90s, 30m or 1h30m');

/** A text that is not empty. */
export function words(what: string) {
  return z.string().min(1, `must be ${what}`);
}

/** An option as a user types and reads it. */
export interface Flag {
  /** without the dashes */
  readonly name: string;
  /** how help names its value; absent: a switch */
  readonly value?: string;
  readonly choices?: readonly string[];
  /** may be given several times */
  readonly repeated?: true;
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
    if (type === 'array') return { ...flag, value, repeated: true };
    return choices === undefined ? { ...flag, value } : { ...flag, value: choices.join('|'), choices };
  });
}

interface FlagSchema {
  readonly type?: string;
  readonly description?: string;
  readonly value?: string;
  readonly default?: string | number | boolean | readonly unknown[];
  readonly enum?: readonly string[];
}

function defaultNote(value: FlagSchema['default']): string {
  if (value === undefined || value === false || value === '' || typeof value === 'object') return '';
  return ` (default: ${value})`;
}

/** `dryRun` is typed as `dry-run`. */
function flagName(key: string): string {
  return key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** Parses the options of the command line. @throws CommandError usage, naming the option and its valid values */
export function readOptions<Options extends z.ZodObject>(schema: Options, values: unknown): z.output<Options> {
  const parsed = schema.safeParse(values, READ_ONCE);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `--${flagName(String(path[0]))}: ${message}`);
  throw new CommandError(EXIT.usage, problems.join('; '));
}
