import type { Callback, CallbackDelivery } from '../../domain/callback.ts';

/** A callback as the API returns it, without user, password and query of its URL: they may be secrets. */
export function toCallbackAnswer({ id, url, status, attemptCount, attempts }: CallbackDelivery): Callback {
  return { deliveryId: id, url: withoutSecrets(url), status, attemptCount, attempts: [...attempts] };
}

function withoutSecrets(url: string): string {
  if (!URL.canParse(url)) return '***';
  const { protocol, host, pathname, search, username, password } = new URL(url);
  const user = username === '' && password === '' ? '' : '***@';
  return `${protocol}//${user}${host}${pathname}${search === '' ? '' : '?***'}`;
}
