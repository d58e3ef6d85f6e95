import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { FastifyRequest } from 'fastify';
import type { Credentials } from '../../auth/authenticator.ts';
import { certificateClaims } from '../../auth/certificates.ts';
import type { Claims } from '../../auth/rules.ts';

const PREFIX = /^\/+t\/+([^/?#]+)(?=[/?#]|$)/;

/** Of a login. */
export const SESSION_COOKIE = 'haldane_session';

/** Tokens that came in the path, by the request that did. */
const pathTokens = new WeakMap<IncomingMessage, string>();

/**
 * Takes the token out of `/t/{token}/canary`, for clients that can be given an address and nothing else. From here on the
 * path is the one without it: no log, error or answer can repeat it.
 *
 * @returns the path to route by
 */
export function withoutPathToken(request: IncomingMessage & { originalUrl?: string }): string {
  const url = request.url ?? '/';
  const [prefix, token] = PREFIX.exec(url) ?? [];
  if (prefix === undefined || token === undefined) return url;
  pathTokens.set(request, token);
  const rest = url.slice(prefix.length);
  const path = rest.startsWith('/') ? rest : `/${rest}`;
  request.originalUrl = path;
  return path;
}

/** What a request brings along: a token in its path comes first, then the header Authorization. */
export function credentialsOf(request: FastifyRequest): Credentials {
  const { headers, socket, raw } = request;
  return {
    session: cookieOf(request, SESSION_COOKIE),
    secret: pathTokens.get(raw) ?? secretIn(headers.authorization),
    certificate: certificateOf(socket),
    peer: socket.remoteAddress ?? '',
    header: (name) => {
      const value = headers[name];
      return Array.isArray(value) ? value.join(', ') : value;
    },
  };
}

function certificateOf(socket: Socket): Claims | undefined {
  return isTls(socket) && socket.authorized ? certificateClaims(socket.getPeerCertificate()) : undefined;
}

/** By its mark, which Node sets for this: `instanceof` would load all of TLS with every start. */
function isTls(socket: Socket): socket is TLSSocket {
  return 'encrypted' in socket;
}

/** The value of a cookie; of several with one name the first, as RFC 6265 has the most specific first. */
export function cookieOf({ headers }: FastifyRequest, name: string): string | undefined {
  const pairs = (headers.cookie ?? '').split(';').map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1);
}

/** Of `Bearer <token>`, or of `Basic`: the password, or the user where there is none. The empty text is one, too. */
function secretIn(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  const [, scheme = '', value = ''] = /^(\S+)\s+(.*?)\s*$/.exec(header) ?? [];
  if (scheme.toLowerCase() === 'bearer') return value;
  if (scheme.toLowerCase() !== 'basic') return '';
  const [user = '', ...password] = Buffer.from(value, 'base64').toString('utf8').split(':');
  return password.join(':') || user;
}
