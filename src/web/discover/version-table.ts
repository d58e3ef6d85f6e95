import { html } from 'ghtml';
import type { Survey, SurveyedVersion, SurveyProposal } from '../../domain/survey.ts';
import { formatPercent } from '../../reports/format.ts';
import { valueInWords } from '../../reports/value-words.ts';
import { choiceField } from '../field.ts';

/** The versions that run, with the choice of the two to compare and of the label that tells them apart. */
export function versionTable({ packs }: Survey, proposal: SurveyProposal): string {
  const first = packs.find(({ id }) => id === proposal.packs[0]);
  const { label, versions } = proposal;
  const reason = first?.versions?.reason;
  const told = first?.versions?.arms?.told;
  const words =
    label === undefined
      ? ''
      : html`<p>Told apart by <code>${label}</code>: ${reason ?? ''}.!${told === undefined ? '' : html` Suggested sides: ${told}.`}</p>`;
  return words + choices(first, proposal) + (versions.length === 0 ? '' : table(proposal));
}

function choices(first: Survey['packs'][number] | undefined, { label = '', location = '' }: SurveyProposal): string {
  const labels = [...(first?.versions === undefined ? [] : [first.versions]), ...(first?.candidates ?? [])];
  const places = first?.place?.values ?? [];
  const labelChoice =
    labels.length < 2
      ? html`<input type="hidden" name="label" value="${label}">`
      : choiceField(
          { id: 'label', name: 'label', label: 'Label of the version', value: label },
          labels.map((one) => ({ value: one.label, text: `${one.label} (${one.values.length} values)` })),
        );
  const placeChoice =
    places.length < 2
      ? html`<input type="hidden" name="location" value="${location}">`
      : choiceField(
          { id: 'location', name: 'location', label: `Service (${first?.place?.label})`, value: location },
          places.map(({ value }) => ({ value, text: value })),
        );
  const button = labels.length < 2 && places.length < 2 ? '' : '<button class="quiet">Look again</button>';
  return html`<div class="fields narrow">!${labelChoice}!${placeChoice}</div>!${button === '' ? '' : `<p class="actions">${button}</p>`}`;
}

function table(proposal: SurveyProposal): string {
  const { versions, traffic } = proposal;
  const rows = versions.map((version) => row(version, proposal)).join('\n');
  const counted =
    traffic === undefined
      ? ''
      : html`<p class="faint">Traffic is <bdi>${traffic.metric}</bdi>, the mean of the window.</p>`;
  return html`<table class="versions"><thead><tr><th scope="col">Version</th><th scope="col" class="number">Instances</th><th scope="col" class="number">Traffic</th><th scope="col" class="number">Share</th><th scope="col">Baseline</th><th scope="col">Canary</th></tr></thead><tbody>
!${rows}
</tbody></table>!${counted}`;
}

function row({ value, targets, traffic, share }: SurveyedVersion, proposal: SurveyProposal): string {
  const amount = traffic === undefined ? '–' : valueInWords(traffic, proposal.traffic?.unit);
  const side = (name: 'baseline' | 'canary') =>
    html`<td><input type="radio" name="${name}" value="${value}" aria-label="${value} is the ${name}" !${proposal[name] === value ? 'checked' : ''}></td>`;
  return html`<tr><th scope="row"><bdi>${value}</bdi></th><td class="number">${targets}</td><td class="number">${amount}</td><td class="number">${share === undefined ? '–' : formatPercent(share)}</td>!${side('baseline')}!${side('canary')}</tr>`;
}
