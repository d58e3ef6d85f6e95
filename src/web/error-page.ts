import { html } from 'ghtml';
import { renderPage } from './layout.ts';

export interface ErrorPage {
  readonly status: number;
  /** such as `Not Found` */
  readonly name: string;
  readonly message: string;
}

/** The page shown for an error. */
export function renderErrorPage({ status, name, message }: ErrorPage): string {
  return renderPage({
    title: name,
    main: html`<h1>${status === 404 ? 'There is no such page' : name}</h1>
<p>${message}</p>
<p><a href="/">See the recent runs</a> or <a href="/configs">the configs</a>, or read <a href="/help/">the help</a>.</p>
<p class="faint">Status ${status}</p>`,
  });
}
