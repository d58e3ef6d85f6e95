import type { LookupFunction } from 'node:net';
import { CanaryError } from '../../errors.ts';
import { guardedLookup, type Resolve } from '../../outbound/guarded-lookup.ts';
import { hostOf, isPrivateHost } from '../../outbound/private-address.ts';

/** Which addresses callbacks may go to. */
export interface CallbackPolicy {
  readonly allowPrivate: boolean;
  /** names and addresses that may be private */
  readonly allowHosts: readonly string[];
}

const MAX_LENGTH = 2048;

/**
 * Rejects a URL that callbacks must not go to, as far as possible without resolving its name. Every spelling of an
 * address is recognized: `http://0x7f.1/` is 127.0.0.1.
 *
 * @returns the URL in the form that will be requested
 * @throws CanaryError REQUEST_INVALID
 */
export function checkCallbackUrl(text: string, policy: CallbackPolicy): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || text.length > MAX_LENGTH) {
    refuse(`not a URL of up to ${MAX_LENGTH} characters; write https://host/path`);
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') refuse('neither https nor http');
  const host = hostOf(url);
  if (host === '') refuse('without a host');
  if (isTrusted(host, policy)) return url.href;
  // Ports below 1024 belong to other services, some of which would act on parts of an HTTP request.
  if (!['', '80', '443'].includes(url.port) && Number(url.port) < 1024) {
    refuse(`on port ${url.port}, which is not one of HTTP; use 80, 443 or one from 1024`);
  }
  if (isPrivateHost(host)) {
    refuse(`on '${host}', which is a private address; callbacks.allowHosts can allow it`);
  }
  return url.href;
}

/** Host and port of a callback URL: deliveries to one receiver share its lane and its circuit. */
export function receiverOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : '';
}

/** Names in `callbacks.allowHosts` may have a private address. */
export function callbackLookup(policy: CallbackPolicy, resolve?: Resolve): LookupFunction {
  return guardedLookup({
    refuse: (hostname) =>
      new Error(`'${hostname}' has no public address; callbacks.allowHosts can allow a private one`),
    trusts: (hostname) => isTrusted(hostname, policy),
    resolve,
  });
}

function isTrusted(host: string, { allowPrivate, allowHosts }: CallbackPolicy): boolean {
  return allowPrivate || allowHosts.some((allowed) => allowed.toLowerCase() === host);
}

function refuse(reason: string): never {
  throw new CanaryError('REQUEST_INVALID', `callbackUrl: it is ${reason}`);
}
