import { html } from 'ghtml';
import { factsOf } from '../../reports/facts.ts';
import type { Report } from '../../reports/report.ts';

/** Where, when and how the canary was measured and judged. */
export function factList(report: Report, medium: 'page' | 'file'): string {
  const drawn = factsOf(report)
    .filter(({ texts }) => texts.some((text) => text !== ''))
    .map(
      ({ name, texts, given }) =>
        html`<div><dt>${name}</dt>!${texts.map((text) => html`<dd>!${given && medium === 'page' ? linked(text) : html`<bdi>${text}</bdi>`}</dd>`).join('')}</div>`,
    );
  return html`<dl class="facts">!${drawn.join('')}</dl>`;
}

/** The same with a heading, at the end of a report. */
export function aboutReport(report: Report, medium: 'page' | 'file'): string {
  const title = report.kind === 'run' ? 'About this run' : 'About this analysis';
  return html`<section aria-labelledby="about"><h2 id="about">${title}</h2>!${factList(report, medium)}</section>`;
}

/** An address of the caller's, such as that of the CI job. */
function linked(text: string): string {
  return isWebAddress(text)
    ? html`<a href="${text}" rel="noreferrer nofollow"><bdi>${text}</bdi></a>`
    : html`<bdi>${text}</bdi>`;
}

export function isWebAddress(text: string): boolean {
  return /^https?:\/\//i.test(text) && URL.canParse(text);
}
