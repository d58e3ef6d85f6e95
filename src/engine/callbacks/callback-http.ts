import { createConnections } from '../../outbound/connections.ts';
import type { Resolve } from '../../outbound/guarded-lookup.ts';
import { send } from '../../outbound/send.ts';
import { type CallbackPolicy, callbackLookup, checkCallbackUrl } from './callback-address.ts';

export interface CallbackPost {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly policy: CallbackPolicy;
  readonly timeoutMillis: number;
  /** the resolver; the system's when absent */
  readonly resolve?: Resolve | undefined;
}

/**
 * Posts once, over its own connection, to an address that has been checked. Reads only the status of the response.
 *
 * @returns the status that was answered
 * @throws NoAnswer, CanaryError REQUEST_INVALID when the address is refused, or the reason of `signal`
 */
export async function postCallback(post: CallbackPost, signal: AbortSignal): Promise<number> {
  const { url, headers, body, policy, timeoutMillis, resolve } = post;
  const connections = createConnections({ lookup: callbackLookup(policy, resolve) });
  const target = { method: 'POST', url: checkCallbackUrl(url, policy), connections } as const;
  const { status } = await send({ ...target, headers, body, timeoutMillis, maxAnswerBytes: 0 }, signal);
  return status;
}
