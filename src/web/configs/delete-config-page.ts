import { html } from 'ghtml';
import type { CanaryConfig } from '../../domain/canary-config.ts';
import { count } from '../../reports/format.ts';
import { PAGE_STYLES } from '../assets.ts';
import { renderPage } from '../layout.ts';

/** Asks before a config is deleted. */
export function renderDeleteConfigPage(
  id: string,
  { name = 'unnamed', applications = [], metrics = [] }: CanaryConfig,
): string {
  const address = `/configs/${encodeURIComponent(id)}`;
  return renderPage({
    title: `Delete ${name}`,
    section: 'configs',
    styles: PAGE_STYLES,
    main: html`<h1>Delete this config?</h1>
<p class="lead"><bdi>${name}</bdi> of <bdi>${applications.join(', ')}</bdi>, ${count(metrics.length, 'metric')}</p>
<p>It will be gone with its versions, for everybody, and whatever starts runs of it by its id <code>${id}</code> will fail. Runs keep their own copy, so their reports stay.</p>
<form class="actions" method="post" action="${address}/delete"><button>Delete it</button> <a href="${address}">Keep it</a></form>`,
  });
}
