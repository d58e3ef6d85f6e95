import type { z } from 'zod';

const SECRET = /password|token|secret|key|credential|authorization|headers|cookie/i;

/**
 * Describes what is wrong with the configuration file: path, value and remedy, one text per issue.
 *
 * @param written the settings as in the file, before variables are expanded
 */
export function describeConfigIssues(error: z.ZodError, written: unknown): string[] {
  return error.issues.map((issue) => {
    const path = issue.path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
    const name = path.replace(/^\./, '') || 'top level';
    return `${name}: ${issue.message}${shownValue(issue.path, written)}`;
  });
}

function shownValue(path: readonly PropertyKey[], written: unknown): string {
  if (path.length === 0 || path.some((part) => SECRET.test(String(part)))) return '';
  const value = path.reduce<unknown>((at, part) => (at as Record<PropertyKey, unknown> | undefined)?.[part], written);
  if (value === undefined || (typeof value === 'object' && value !== null)) return '';
  return ` (it says ${JSON.stringify(withoutUserInfo(String(value))).slice(0, 120)})`;
}

/** A password may contain a / or @ that should have been written as %2F or %40. */
function withoutUserInfo(text: string): string {
  return text.replace(/\/\/\S*@/, '//***@').replace(/([?&]password=)[^&\s]*/i, '$1***');
}
