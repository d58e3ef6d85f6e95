import type { Key } from './schema-keys.ts';

/** Keys as a Markdown table: one line a key, as an editor searches for it. */
export function keyTable(keys: readonly Key[]): string {
  const lines = keys.map(
    (key) =>
      `| ${cells([`\`${key.path}\``, key.value, key.default && `\`${key.default}\``, aboutText(key)]).join(' | ')} |`,
  );
  return ['| Key | Value | Default | What it is |', '|---|---|---|---|', ...lines].join('\n');
}

function aboutText({ about, required }: Key): string {
  if (!required) return about;
  return about === '' ? 'needed' : `needed; ${about}`;
}

function cells(texts: readonly (string | undefined)[]): string[] {
  return texts.map((text = '') => text.replaceAll('|', '\\|').replaceAll('\n', ' '));
}
