import { html } from 'ghtml';
import { factsOf } from '../../reports/facts.ts';
import type { Report } from '../../reports/report.ts';

/** Where, when and how the canary was measured and judged. */
export function factList(report: Report): string {
  const drawn = factsOf(report)
    .filter(({ texts }) => texts.some((text) => text !== ''))
    .map(
      ({ name, texts }) =>
        html`<div><dt>${name}</dt>!${texts.map((text) => html`<dd><bdi>${text}</bdi></dd>`).join('')}</div>`,
    );
  return html`<dl class="facts">!${drawn.join('')}</dl>`;
}
