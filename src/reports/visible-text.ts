/**
 * Replaces control characters, which browsers drop or act upon, and bidirectional overrides by the replacement
 * character. Right-to-left text needs none of them.
 */
export function visibleText(text: string): string {
  return text.toWellFormed().replaceAll(INVISIBLE, '\ufffd');
}

const INVISIBLE = /[^\P{Cc}\t\n\r]|[\u202a-\u202e\u2066-\u2069]/gu;

/** JSON with the same characters as escapes: it means what it meant, and whoever edits it sees them. */
export function visibleJson(text: string): string {
  return text.toWellFormed().replaceAll(INVISIBLE, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
