import { createHmac } from 'node:crypto';
import { type ClientRequest, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { type CallbackPolicy, checkCallbackUrl, guardedLookup, type Resolve } from './callback-address.ts';

export interface CallbackPost {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly policy: CallbackPolicy;
  readonly signal: AbortSignal;
  /** how names are resolved; absent: by the system */
  readonly resolve?: Resolve | undefined;
}

/**
 * Posts once, over a connection of its own, to an address that has been checked. Redirects are not followed, and of
 * the answer only the status is read.
 *
 * @returns the status that was answered
 * @throws Error when nothing was answered, or the address is refused
 */
export async function postCallback({ url, headers, body, policy, signal, resolve }: CallbackPost): Promise<number> {
  const checked = new URL(checkCallbackUrl(url, policy));
  const send = checked.protocol === 'https:' ? httpsRequest : httpRequest;
  const content = Buffer.from(body);
  const request = send(checked, {
    method: 'POST',
    headers: { ...headers, 'content-length': content.length },
    lookup: guardedLookup(policy, resolve),
    agent: false,
    signal,
  });
  const status = statusOf(request);
  request.end(content);
  return status;
}

/** The hexadecimal HMAC-SHA256 of a body, as `x-haldane-signature-256` has it. */
export function signatureOf(body: string, secret: string): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
}

function statusOf(request: ClientRequest): Promise<number> {
  return new Promise((resolve, reject) => {
    request.on('error', reject);
    request.on('response', (response) => {
      resolve(response.statusCode ?? 0);
      response.destroy();
    });
  });
}
