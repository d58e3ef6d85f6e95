import { visibleText } from './visible-text.ts';

/** How many bytes a text takes within JSON, without its quotation marks. */
export function jsonBytes(text: string): number {
  return Buffer.byteLength(JSON.stringify(text)) - 2;
}

/**
 * The text on one line, or as many of its words as fit with "…" behind them; where not even one word does, as many characters.
 *
 * @param most bytes of it within JSON
 */
export function withinBytes(text: string, most: number): string {
  const shown = visibleText(text).replaceAll(/\s+/g, ' ').trim();
  if (jsonBytes(shown) <= most) return shown;
  const start = longestStart(shown, most - jsonBytes('…'));
  const words = /^(.*\S) /u.exec(start)?.[1];
  return `${words === undefined || words.length * 2 < start.length ? start : words}…`;
}

/** Never half a character. */
function longestStart(text: string, most: number): string {
  let bytes = 0;
  let end = 0;
  for (const character of text) {
    bytes += jsonBytes(character);
    if (bytes > most) break;
    end += character.length;
  }
  return text.slice(0, end);
}
