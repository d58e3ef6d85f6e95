import type { FastifyReply, FastifyRequest } from 'fastify';
import { isLoopbackHost } from '../../domain/values/loopback.ts';
import { CanaryError } from '../../errors.ts';
import type { HttpServer } from '../service.ts';

export interface BrowserGuardSettings {
  /** the address the service listens on */
  readonly host: string;
  /** names clients may call the service by; `*.` at the beginning stands for any name below */
  readonly allowedHosts: readonly string[];
  /** origins of other sites whose pages may read and write, such as `https://deck.example.com` */
  readonly allowedOrigins: readonly string[];
}

const READING = ['GET', 'HEAD', 'OPTIONS'];
const LONGEST_QUOTE = 100;

/**
 * Keeps pages of other sites out. A browser lets any page send requests to any address it can reach, so:
 *
 * - the `Host` must be a name of this service, or a page whose name was made to resolve here (DNS rebinding) is as good
 *   as our own;
 * - only the pages of configured origins may read answers (CORS);
 * - a write with the marks of a browser must come from our own page or one of a configured origin (CSRF).
 *
 * Programs send none of those marks and notice nothing. Runs before the body is read; call it before other hooks.
 */
export function guardAgainstBrowsers(http: HttpServer, settings: BrowserGuardSettings): void {
  const { allowedOrigins } = settings;
  http.addHook('onRequest', async (request, reply) => {
    refuseForeignHosts(request, settings);
    const { method, headers } = request;
    const { origin } = headers;
    const isAllowed = origin !== undefined && allowedOrigins.includes(origin);
    if (allowedOrigins.length > 0) reply.header('vary', 'Origin');
    if (isAllowed) reply.headers(CORS_HEADERS).header('access-control-allow-origin', origin);
    if (method === 'OPTIONS' && headers['access-control-request-method'] !== undefined) {
      return answerPreflight(request, reply, isAllowed);
    }
    if (!READING.includes(method) && !isAllowed && !isOwnPage(request)) throw foreignOrigin(origin);
  });
}

const CORS_HEADERS = {
  'access-control-expose-headers': 'location, retry-after, x-haldane-warnings, x-next-cursor',
};

const PREFLIGHT_HEADERS = {
  'access-control-allow-methods': 'POST, GET, OPTIONS, DELETE, PUT, PATCH',
  'access-control-max-age': '3600',
  'access-control-allow-headers': 'authorization, x-requested-with, content-type, idempotency-key, prefer',
};

/** The browser asks whether a page may send what it is about to send. */
function answerPreflight({ headers }: FastifyRequest, reply: FastifyReply, isAllowed: boolean): FastifyReply {
  if (!isAllowed) throw foreignOrigin(headers.origin);
  return reply.code(200).headers(PREFLIGHT_HEADERS).send();
}

function refuseForeignHosts({ headers, socket }: FastifyRequest, settings: BrowserGuardSettings): void {
  const { host: bound, allowedHosts } = settings;
  if (headers.host === undefined) return; // HTTP/1.0: no browser
  if (allowedHosts.length === 0 && !isLoopbackHost(bound)) return;
  const host = hostIn(headers.host);
  if (host !== undefined && (isLoopbackHost(host) || host === plainAddress(socket.localAddress))) return;
  if (host !== undefined && allowedHosts.some((allowed) => matches(host, allowed.toLowerCase()))) return;
  throw new CanaryError(
    'HOST_REFUSED',
    `Host '${excerptOf(headers.host)}' is not a name of this service; if it should be, add it to server.allowedHosts.`,
  );
}

/** The host of a `Host` header as a URL has it, without port, brackets and the dot at its end. */
function hostIn(header: string): string | undefined {
  if (!/^(\[[\da-f:.]+\]|[^\s:/?#@\\]+)(:\d{1,5})?$/i.test(header)) return undefined;
  const url = `http://${header}`;
  return URL.canParse(url) ? new URL(url).hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '') : undefined;
}

/** IPv4 as it arrives at an IPv6 socket is written as IPv4. */
function plainAddress(address: string | undefined): string | undefined {
  return address?.replace(/^::ffff:(?=\d+\.)/, '');
}

function matches(host: string, allowed: string): boolean {
  return allowed.startsWith('*.') ? host.endsWith(allowed.slice(1)) : host === allowed;
}

/**
 * Whether our own page sent it, or no page. Browsers say so in `Sec-Fetch-Site` where the address is https or
 * localhost; elsewhere the origin must be the address that was called, here or at the proxy in front.
 */
function isOwnPage({ headers }: FastifyRequest): boolean {
  const { origin, host } = headers;
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin' || site === 'none';
  if (origin === undefined) return true;
  const forwarded = [headers['x-forwarded-host']].flat()[0]?.split(',')[0]?.trim();
  return isHostOf(origin, host) || isHostOf(origin, forwarded);
}

/** A port that the origin's protocol implies may be left out. */
function isHostOf(origin: string, host: string | undefined): boolean {
  if (host === undefined || !URL.canParse(origin)) return false;
  const called = `${new URL(origin).protocol}//${host}`;
  return URL.canParse(called) && new URL(called).host === new URL(origin).host;
}

function foreignOrigin(origin: string | undefined): CanaryError {
  const from = origin === undefined ? '' : ` (${excerptOf(origin)})`;
  return new CanaryError(
    'ORIGIN_REFUSED',
    `This request was sent by a page of another site${from}. Open it here, or add the page's origin to ` +
      'server.allowedOrigins.',
  );
}

function excerptOf(header: string): string {
  return header.length > LONGEST_QUOTE ? `${header.slice(0, LONGEST_QUOTE)}…` : header;
}
