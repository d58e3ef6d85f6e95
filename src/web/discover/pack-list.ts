import { html } from 'ghtml';
import type { Survey } from '../../domain/survey.ts';
import { count } from '../../reports/format.ts';

type Pack = Survey['packs'][number];
type Left = Pack['left'];

/** The packs that match, to choose from. @param chosen ids */
export function packList(packs: readonly Pack[], chosen: readonly string[]): string {
  return html`<ul class="packs">!${packs.map((pack) => item(pack, chosen.includes(pack.id))).join('')}</ul>`;
}

function item({ id, name, metrics, of, left, problem }: Pack, isChosen: boolean): string {
  return html`<li><label class="choice"><input type="checkbox" name="pack.${id}" value="on" !${isChosen ? 'checked' : ''}> <strong>${name}</strong></label> <span class="faint">${metrics.length} of ${count(of, 'metric')}</span>
<p>${metrics.join(', ')}</p>
!${problem === undefined ? '' : html`<p class="error"><bdi>${problem}</bdi></p>`}!${leftList(left)}</li>`;
}

function leftList(left: Left): string {
  if (left.length === 0) return '';
  const items = left.map(({ metric, why }) => html`<div><dt>${metric}</dt><dd><bdi>${why}</bdi></dd></div>`).join('');
  return html`<details class="more"><summary>${count(left.length, 'metric')} left out, and why</summary><dl class="left-out">!${items}</dl></details>`;
}

/** Packs of which there is too little. */
export function otherPacks(others: Survey['others']): string {
  if (others.length === 0) return '';
  const items = others.map(
    ({ name, metrics, of, left }) =>
      html`<li><strong>${name}</strong> <span class="faint">${metrics.length} of ${count(of, 'metric')}: ${metrics.join(', ')}</span>!${leftList(left)}</li>`,
  );
  return html`<details class="more"><summary>${count(others.length, 'pack has', 'packs have')} too few metrics here to judge by</summary><ul class="packs">!${items.join('')}</ul></details>`;
}
