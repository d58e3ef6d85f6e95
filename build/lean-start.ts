import http from 'node:http';
import type { Plugin } from 'rolldown';

const LEAN = '\0lean:';
const FASTIFY = /[\\/]fastify[\\/]lib[\\/]/;

/**
 * Fastify asks for these where nobody names other compilers, as `src/http/server.ts` does. They and the libraries they
 * bring are a fifth of what a start would read.
 */
const NEVER_ASKED_FOR = ['@fastify/ajv-compiler', '@fastify/fast-json-stringify-compiler'];
/** What Fastify calls of modules it needs for services that speak https or HTTP/2. */
const CALLED_BY_FASTIFY: Readonly<Record<string, readonly string[]>> = {
  https: ['createServer'],
  http2: ['createServer', 'createSecureServer'],
};
/** Reading one of these of `node:http` loads all of Node's `fetch`. */
const OF_FETCH = ['WebSocket', 'CloseEvent', 'MessageEvent'];

/** Keeps from a start what it does not need of Node's modules and of Fastify's. */
export const leanStart: Plugin = {
  name: 'lean-start',
  resolveId(id, importer) {
    const name = id.replace(/^node:/, '');
    if (name === 'http') return LEAN + name;
    const isLean = name in CALLED_BY_FASTIFY || NEVER_ASKED_FOR.includes(name);
    return isLean && FASTIFY.test(importer ?? '') ? LEAN + name : null;
  },
  load(id) {
    if (!id.startsWith(LEAN)) return null;
    const name = id.slice(LEAN.length);
    if (name === 'http') return httpText();
    return NEVER_ASKED_FOR.includes(name) ? absentText(name) : calledText(name);
  },
};

/**
 * Whoever imports `node:http` as a module reads all that it exports, `http.WebSocket` too: a sixth of a start. Asked for
 * this way, nothing is read.
 */
function httpText(): string {
  const names = Object.keys(http).filter((name) => !OF_FETCH.includes(name));
  return `const http = process.getBuiltinModule('node:http');
export default http;
export const { ${names.join(', ')} } = http;
`;
}

function calledText(name: string): string {
  const calls = (CALLED_BY_FASTIFY[name] ?? []).map(
    (called) => `export const ${called} = (...given) => process.getBuiltinModule('node:${name}').${called}(...given);`,
  );
  return `${calls.join('\n')}\n`;
}

function absentText(name: string): string {
  return `module.exports = () => { throw new Error('${name} is not in the package'); };\n`;
}
