import { z } from 'zod';

type Issue = z.core.$ZodRawIssue;
type Found = z.core.$ZodIssue;

const KINDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  bigint: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  tuple: 'a list',
  set: 'a list',
  object: 'an object',
  record: 'an object',
  map: 'an object',
  date: 'a time',
  null: 'null',
  undefined: 'nothing',
  nan: 'NaN',
};

const FORMATS: Readonly<Record<string, string>> = {
  url: 'an address, such as https://example.com',
  email: 'an e-mail address, such as ann@example.com',
  datetime: 'a time, such as 2026-01-31T12:00:00Z',
  date: 'a day, such as 2026-01-31',
  time: 'a time of day, such as 12:00:00',
  duration: 'a duration, such as PT30M',
  uuid: 'a UUID, such as 123e4567-e89b-42d3-a456-426614174000',
  ulid: 'a ULID: 26 letters and digits',
  ipv4: 'an IPv4 address, such as 10.0.0.1',
  ipv6: 'an IPv6 address, such as 2001:db8::1',
  cidrv4: 'a range of IPv4 addresses, such as 10.0.0.0/8',
  cidrv6: 'a range of IPv6 addresses, such as 2001:db8::/32',
  base64: 'base64',
  base64url: 'base64url',
  jwt: 'a JWT',
  json_string: 'JSON',
};
/** More are not read. */
const MOST_VALUES = 30;

/**
 * What is wrong, and what to write instead, where a schema has no words of its own. Field and value are told beside it,
 * since a secret may not be repeated. Pure.
 */
export function plainRefusal(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return wrongType(issue.expected, issue.input);
    case 'invalid_value':
      return `${missing(issue.input)}${issue.values.length === 1 ? 'write' : 'write one of'} ${listed(issue.values)}`;
    case 'too_big':
      return tooBig(issue);
    case 'too_small':
      return tooSmall(issue);
    case 'invalid_format':
      return wrongFormat(issue);
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`;
    case 'unrecognized_keys':
      return `has ${issue.keys.length === 1 ? 'a field that is' : 'fields that are'} not known: ${listed(issue.keys)}; leave ${issue.keys.length === 1 ? 'it' : 'them'} out`;
    case 'invalid_key':
      return `has a name that is not allowed here: ${issue.issues[0]?.message ?? 'choose another one'}`;
    case 'invalid_element':
      return `has an element that is not allowed here: ${issue.issues[0]?.message ?? 'leave it out'}`;
    case 'invalid_union':
      return noneFits(issue);
    default:
      return 'is not valid here; the API documentation says what may be written';
  }
}

z.config({ localeError: plainRefusal });

function wrongType(expected: string, input: unknown): string {
  const kind = kindOf(expected);
  if (input === undefined) return `is missing; write ${kind}`;
  if (expected === 'never') return 'does not belong here; leave it out';
  const isFraction = expected === 'int' && typeof input === 'number' && Number.isFinite(input);
  return `must be ${kind}, not ${isFraction ? 'a fraction' : receivedKind(input)}`;
}

function kindOf(expected: string): string {
  return Object.hasOwn(KINDS, expected) ? (KINDS[expected] ?? expected) : `of type ${expected}`;
}

function receivedKind(input: unknown): string {
  if (input === null) return 'null';
  if (Array.isArray(input)) return 'a list';
  if (typeof input === 'number' && !Number.isFinite(input)) return String(input);
  return kindOf(typeof input);
}

function missing(input: unknown): string {
  return input === undefined ? 'is missing; ' : '';
}

function listed(values: readonly unknown[]): string {
  const shown = values.slice(0, MOST_VALUES).map((value) => (typeof value === 'string' ? `'${value}'` : String(value)));
  return `${shown.join(', ')}${values.length > MOST_VALUES ? ' and others' : ''}`;
}

const SIZES: Readonly<Record<string, readonly [one: string, many: string]>> = {
  string: ['character', 'characters'],
  array: ['element', 'elements'],
  set: ['element', 'elements'],
  map: ['entry', 'entries'],
  file: ['byte', 'bytes'],
};

function sized(origin: string, size: number | bigint): string | undefined {
  const [one, many] = SIZES[origin] ?? [];
  return one === undefined ? undefined : `${size} ${Number(size) === 1 ? one : many}`;
}

function tooBig({ origin, maximum, inclusive, exact }: Extract<Issue, { code: 'too_big' }>): string {
  const size = sized(origin, maximum);
  if (size !== undefined)
    return `must have ${exact ? 'exactly' : inclusive === false ? 'fewer than' : 'at most'} ${size}`;
  return `must be ${exact ? '' : inclusive === false ? 'less than ' : 'at most '}${maximum}`;
}

function tooSmall({ origin, minimum, inclusive, exact }: Extract<Issue, { code: 'too_small' }>): string {
  if (sized(origin, minimum) !== undefined && Number(minimum) === 1 && !exact) return 'must not be empty';
  const size = sized(origin, minimum);
  if (size !== undefined)
    return `must have ${exact ? 'exactly' : inclusive === false ? 'more than' : 'at least'} ${size}`;
  return `must be ${exact ? '' : inclusive === false ? 'more than ' : 'at least '}${minimum}`;
}

function wrongFormat(issue: Extract<Issue, { code: 'invalid_format' }>): string {
  const { format, prefix, suffix, includes, pattern } = issue as Record<string, unknown>;
  if (format === 'starts_with') return `must start with '${prefix}'`;
  if (format === 'ends_with') return `must end with '${suffix}'`;
  if (format === 'includes') return `must contain '${includes}'`;
  const name = String(format);
  if (Object.hasOwn(FORMATS, name)) return `must be ${FORMATS[name]}`;
  return pattern === undefined ? `must be a valid ${name}` : `must match the pattern ${pattern}`;
}

/** Of the alternatives, the one whose type is right says what is wrong; else all types are named. */
function noneFits(issue: Extract<Issue, { code: 'invalid_union' }>): string {
  const { options } = issue as { options?: readonly unknown[] };
  if (options !== undefined && options.length > 0) return `write one of ${listed(options)}`;
  const branches = issue.errors as readonly (readonly Found[])[];
  if (branches.length === 0) return 'fits several alternatives; write fields of one of them only';
  const meant = branches.find((problems) => problems.every((problem) => !isOfOtherType(problem)));
  const [problem] = meant ?? [];
  if (problem !== undefined) {
    const at = problem.path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
    return at === '' ? problem.message : `${at.replace(/^\./, '')} ${problem.message}`;
  }
  const kinds = branches.flatMap((problems) =>
    problems.flatMap((one) => (isOfOtherType(one) ? [kindOf(one.expected)] : [])),
  );
  return `${missing(issue.input)}write ${[...new Set(kinds)].join(' or ')}`;
}

function isOfOtherType(problem: Found): problem is Extract<Found, { code: 'invalid_type' }> {
  return problem.code === 'invalid_type' && problem.path.length === 0;
}
