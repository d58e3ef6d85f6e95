import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../../src/config/config.ts';
import { webhookHeaders } from '../../../src/engine/callbacks/webhook-headers.ts';
import { isSignedWith } from '../../support/http/callback-receiver.ts';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

describe('the headers of a message', () => {
  it('are those of the example of the specification', () => {
    const message = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', body: '{"test": 2432232314}', secret: SECRET };
    expect(webhookHeaders({ ...message, atMillis: 1614265330_999 })).toEqual({
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
  });

  it.each([SECRET, 'a passphrase of some length'])('are believed by its library, with the secret %s', (secret) => {
    const body = JSON.stringify({ text: 'Grüße, 日本' });
    const message = { id: 'a', atMillis: Date.now(), body, secret };
    const headers = webhookHeaders(message);
    expect(isSignedWith(secret, { headers, body })).toBe(true);
    expect(isSignedWith(secret, { headers, body: `${body} ` })).toBe(false);
    expect(isSignedWith(secret, { headers: { ...headers, 'webhook-id': 'b' }, body })).toBe(false);
    const later = { ...headers, 'webhook-timestamp': String(Number(headers['webhook-timestamp']) + 1) };
    expect(isSignedWith(secret, { headers: later, body })).toBe(false);
    expect(isSignedWith(`${SECRET.slice(0, -1)}x`, { headers, body })).toBe(false);
  });

  it('are too old for it after some minutes, so that a recorded message cannot be sent again', () => {
    const message = { id: 'a', atMillis: Date.now() - 600_000, body: '{}', secret: SECRET };
    expect(() => new Webhook(SECRET).verify('{}', { ...webhookHeaders(message) })).toThrow(/too old/);
  });

  it('have no signature without a secret', () => {
    const headers = webhookHeaders({ id: 'a', atMillis: 0, body: '{}', secret: undefined });
    expect(headers).toEqual({ 'webhook-id': 'a', 'webhook-timestamp': '0' });
  });
});

describe('callbacks.secret', () => {
  const read = (secret: string) =>
    readConfig({ text: JSON.stringify({ callbacks: { secret } }), environment: {}, providers: [] }).callbacks.secret;

  it('is text, or bytes in base64 after whsec_', () => {
    for (const secret of [SECRET, 'text', `whsec_${btoa('x'.repeat(32))}`]) expect(read(secret)).toBe(secret);
  });

  it.each(['whsec_short', 'whsec_not/base64!not/base64!not/base64!!'])('is not %s, and is not shown', (text) => {
    expect(() => read(text)).toThrow(/callbacks\.secret: is no base64/);
    expect(() => read(text)).not.toThrow(text);
  });
});
