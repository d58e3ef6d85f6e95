// What the query field of the config editor needs of CodeMirror, in one place. In the repository the browser gets the
// dependencies' own files (`library-files.ts`); the built package has all of it in one file.

export {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
} from '@codemirror/autocomplete';
export { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
export { bracketMatching, LRLanguage, syntaxHighlighting } from '@codemirror/language';
export { EditorState } from '@codemirror/state';
export { EditorView, keymap } from '@codemirror/view';
export { classHighlighter } from '@lezer/highlight';
export { HybridComplete } from '@prometheus-io/codemirror-promql/dist/esm/complete/hybrid.js';
export { parser } from '@prometheus-io/lezer-promql';
