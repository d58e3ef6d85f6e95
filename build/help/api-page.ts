import { html } from 'ghtml';
import type { Heading } from './markdown.ts';

interface Operation {
  readonly summary?: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly 'x-permission'?: string;
  readonly parameters?: readonly { name: string; in: string; required?: boolean; description?: string }[];
  readonly responses?: Readonly<Record<string, { description?: string }>>;
}

export interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

interface Named {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

/** Every operation of the API on one page, for reading and searching; `/docs` of a service is for trying. */
export function apiPage({ paths }: OpenApi): { main: string; headings: Heading[] } {
  const all = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );
  const groups = [...Map.groupBy(all, ({ operation }) => operation.tags?.[0] ?? 'Operation')];
  const headings = groups.map(([tag]) => ({ level: 2, id: idOf(tag), text: tag }));
  const main = html`<h1 id="api">API, every operation</h1>
<p>Kayenta’s API, and what Haldane adds. Here it is to read; the service shows it <a href="/docs">with examples to try</a>, and gives <a href="/docs/json">the OpenAPI document</a> to generators of clients, as does <code>haldane openapi</code>.</p>
!${groups.map(([tag, operations]) => groupHtml(tag, operations)).join('\n')}`;
  return { main, headings: [{ level: 1, id: 'api', text: 'API, every operation' }, ...headings] };
}

function groupHtml(tag: string, operations: readonly Named[]): string {
  return html`<h2 id="${idOf(tag)}">${tag}</h2>!${operations.map(operationHtml).join('\n')}`;
}

function operationHtml({ method, path, operation }: Named): string {
  const { summary, description = '', parameters = [], responses = {} } = operation;
  const permission = operation['x-permission'];
  const rows = parameters.map(
    (parameter) =>
      html`<li><code>${parameter.name}</code> (${parameter.in}${parameter.required ? ', needed' : ''}): !${withCode(parameter.description)}</li>`,
  );
  const codes = Object.entries(responses).map(
    ([code, { description: meaning = '' }]) => html`<code>${code}</code> !${withCode(meaning)}`,
  );
  return html`<h3 class="operation" id="${idOf(`${method} ${path}`)}"><code><b>${method}</b> ${path}</code></h3>
<p>!${withCode(sentence(summary))} !${description === summary ? '' : withCode(description)}</p>
!${permission === undefined ? '' : html`<p class="faint">Permission: <code>${permission}</code></p>`}
!${rows.length === 0 ? '' : html`<ul>!${rows.join('')}</ul>`}
<p class="faint">!${codes.join('; ')}</p>`;
}

/** What stands between backticks is code. */
function withCode(text = ''): string {
  return text
    .split('`')
    .map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : html`${part}`))
    .join('');
}

function sentence(text = ''): string {
  return text === '' || /[.!?]$/.test(text) ? text : `${text}.`;
}

function idOf(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}
