import http from 'node:http';
import type { Plugin } from 'rolldown';

const HTTP = new Set(['http', 'node:http']);
const VIRTUAL = '\0http-without-websocket';
/** Reading one of these loads all of Node's `fetch`. */
const OF_FETCH = ['WebSocket', 'CloseEvent', 'MessageEvent'];

/**
 * Whoever imports `node:http` as a module reads all that it exports, `http.WebSocket` too, for which Node loads its
 * whole implementation of fetch: a sixth of a start. Asked for this way, nothing is read.
 */
export const httpWithoutWebSocket: Plugin = {
  name: 'http-without-websocket',
  resolveId: (id) => (HTTP.has(id) ? VIRTUAL : null),
  load: (id) => (id === VIRTUAL ? moduleText() : null),
};

function moduleText(): string {
  const names = Object.keys(http).filter((name) => !OF_FETCH.includes(name));
  return `const http = process.getBuiltinModule('node:http');
export default http;
export const { ${names.join(', ')} } = http;
`;
}
