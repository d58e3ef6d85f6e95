// The build puts a copy of the library beside `search.js`.
export { default } from 'minisearch';
