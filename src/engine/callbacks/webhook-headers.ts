import { createHmac } from 'node:crypto';

/** The prefix of a secret in base64. */
const SECRET_PREFIX = 'whsec_';

export interface WebhookMessage {
  /** of the delivery, the same in every attempt */
  readonly id: string;
  /** of the attempt; milliseconds since 1970 */
  readonly atMillis: number;
  readonly body: string;
  /** absent: the message is not signed */
  readonly secret: string | undefined;
}

/**
 * The headers of a message by the Standard Webhooks specification 1.0: id, time, and the signature over both and the
 * body, so that a receiver can tell a repeated message and refuse an old one that somebody recorded.
 */
export function webhookHeaders({ id, atMillis, body, secret }: WebhookMessage): Readonly<Record<string, string>> {
  const timestamp = String(Math.floor(atMillis / 1000));
  const message = { 'webhook-id': id, 'webhook-timestamp': timestamp };
  if (secret === undefined) return message;
  const signature = createHmac('sha256', keyOf(secret)).update(`${id}.${timestamp}.${body}`).digest('base64');
  return { ...message, 'webhook-signature': `v1,${signature}` };
}

/** A secret is text, or bytes in base64 after `whsec_`. */
function keyOf(secret: string): Buffer {
  return secret.startsWith(SECRET_PREFIX)
    ? Buffer.from(secret.slice(SECRET_PREFIX.length), 'base64')
    : Buffer.from(secret, 'utf8');
}
