// @ts-check
// The field of a PromQL query: colours, and names from the metrics store. Without it the field is a text area.

import { completionSource } from './query-completion.js';

/** @typedef {import('./query-completion.js').Library} Library */
/** @typedef {import('./config-metrics.js').Editor} Editor */

const form = /** @type {HTMLFormElement} */ (document.getElementById('editor'));

/** @type {Promise<Library> | undefined} */
let loading;

/** Loaded once, when a page first shows such a field. */
function library() {
  loading ??= import(/** @type {string} */ (form.dataset.library));
  return loading;
}

/** A field of PromQL gets its editor. */
export function withLanguage(
  /** @type {Editor} */ editor,
  /** @type {number} */ index,
  /** @type {string} */ name,
  /** @type {HTMLElement} */ field,
) {
  const isPromql = () => editor.config.metrics[index]?.query?.type === 'prometheus';
  if (name === 'expr' && isPromql()) enrichQuery(field, () => accountOf(editor, index));
  return field;
}

/** The account that a metric is asked of: its own, else that of the run, else the default. */
export function accountOf(/** @type {Editor} */ { config, choices }, /** @type {number} */ index) {
  const picker = /** @type {HTMLSelectElement | null} */ (document.getElementById('try-account'));
  return String(config.metrics[index]?.query?.accountName || picker?.value || choices.accounts[0]?.name || '');
}

/**
 * Puts the editor of queries in the place of a text area, which goes on holding the text.
 *
 * @param {HTMLElement} field a field with a label and a text area
 * @param {() => string} accountName the metrics account to ask for names; empty: the default
 */
function enrichQuery(field, accountName) {
  const area = field.querySelector('textarea');
  if (area === null) return;
  library().then(
    (loaded) => {
      if (field.isConnected) replace(field, area, loaded, accountName);
    },
    // The text area does without.
    () => undefined,
  );
}

function replace(
  /** @type {HTMLElement} */ field,
  /** @type {HTMLTextAreaElement} */ area,
  /** @type {Library} */ loaded,
  /** @type {() => string} */ accountName,
) {
  const { EditorView, EditorState } = loaded;
  const hadFocus = document.activeElement === area;
  const view = new EditorView({
    state: EditorState.create({
      doc: area.value,
      selection: { anchor: area.selectionStart },
      extensions: [...extensionsOf(loaded, accountName), ...labelled(loaded, field, area), writing(loaded, area)],
    }),
  });
  area.after(view.dom);
  area.classList.add('behind');
  area.tabIndex = -1;
  area.setAttribute('aria-hidden', 'true');
  area.addEventListener('focus', () => view.focus());
  area.addEventListener('input', () => {
    const shown = view.state.doc.toString();
    if (shown !== area.value) view.dispatch({ changes: { from: 0, to: shown.length, insert: area.value } });
  });
  new MutationObserver(() => tellWrong(area, view.contentDOM)).observe(area, { attributeFilter: ['aria-invalid'] });
  tellWrong(area, view.contentDOM);
  field.querySelector('label')?.addEventListener('click', () => view.focus());
  if (hadFocus) view.focus();
}

function tellWrong(/** @type {HTMLElement} */ area, /** @type {HTMLElement} */ content) {
  content.setAttribute('aria-invalid', String(area.getAttribute('aria-invalid') === 'true'));
}

/** Screen readers read the label, the hint and the error of the field. */
function labelled(
  /** @type {Library} */ { EditorView },
  /** @type {HTMLElement} */ field,
  /** @type {HTMLTextAreaElement} */ area,
) {
  const label = /** @type {HTMLElement} */ (field.querySelector('label'));
  label.id ||= `${area.id}-label`;
  const attributes = { 'aria-labelledby': label.id, 'aria-describedby': area.getAttribute('aria-describedby') ?? '' };
  return [EditorView.contentAttributes.of(attributes)];
}

function writing(/** @type {Library} */ { EditorView }, /** @type {HTMLTextAreaElement} */ area) {
  return EditorView.updateListener.of((/** @type {any} */ { docChanged, state }) => {
    const text = state.doc.toString();
    if (!docChanged || text === area.value) return;
    area.value = text;
    area.dispatchEvent(new Event('input', { bubbles: true }));
  });
}

/** Tab goes on to the next field, as everywhere on the page. */
function extensionsOf(/** @type {Library} */ loaded, /** @type {() => string} */ accountName) {
  const { autocompletion, bracketMatching, classHighlighter, closeBrackets, EditorView, history, keymap } = loaded;
  const keys = [
    ...loaded.closeBracketsKeymap,
    ...loaded.completionKeymap,
    ...loaded.historyKeymap,
    ...loaded.defaultKeymap,
  ];
  const language = loaded.LRLanguage.define({
    parser: loaded.parser.configure({ top: 'PromQL' }),
    languageData: { closeBrackets: { brackets: ['(', '[', '{', "'", '"', '`'] }, commentTokens: { line: '#' } },
  });
  return [
    language,
    EditorView.cspNonce.of(form.dataset.styleNonce ?? ''),
    EditorView.lineWrapping,
    history(),
    bracketMatching(),
    closeBrackets(),
    autocompletion({ override: [completionSource(loaded, accountName)], icons: false }),
    loaded.syntaxHighlighting(classHighlighter),
    keymap.of(keys),
  ];
}
