import { html } from 'ghtml';

/** What weakens a verdict, below its headline. */
export function warningList(warnings: readonly string[]): string {
  if (warnings.length === 0) return '';
  const items = warnings.map((warning) => html`<li><bdi>${warning}</bdi></li>`);
  return html`<ul class="warnings" aria-label="Warnings">!${items.join('')}</ul>`;
}
