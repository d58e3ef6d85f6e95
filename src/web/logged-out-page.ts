import { html } from 'ghtml';
import { renderPage } from './layout.ts';

/** Shown to a browser that has logged out; its issuer may still know it. */
export function renderLoggedOutPage(): string {
  return renderPage({
    title: 'Logged out',
    main: html`<h1>You are logged out</h1>
<p><a href="/login">Log in again</a>. Your company's login may still know you: then that takes no password.</p>`,
  });
}
