import { styleText } from 'node:util';
import type { TextOutput } from '../command.ts';

type Format = Parameters<typeof styleText>[0];

/**
 * Whether to write colours: on a terminal only, unless FORCE_COLOR or NO_COLOR say otherwise.
 * Source: no-color.org, force-color.org.
 */
export function hasColours({ isTTY }: TextOutput, environment = process.env): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = environment;
  if (NO_COLOR !== undefined && NO_COLOR !== '') return false;
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== '') return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false';
  return isTTY === true && TERM !== 'dumb';
}

/** Text in a colour where the output has colours. */
export function painted(format: Format, text: string, output: TextOutput): string {
  return hasColours(output) ? styleText(format, text, { validateStream: false }) : text;
}
