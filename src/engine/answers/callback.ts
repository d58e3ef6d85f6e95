import type { Callback, CallbackDelivery } from '../../domain/callback.ts';

/** A callback as the API returns it: of its URL only the host, since the rest may be a secret. */
export function toCallbackAnswer({ id, url, status, attemptCount, attempts }: CallbackDelivery): Callback {
  return { deliveryId: id, url: hostOnly(url), status, attemptCount, attempts: [...attempts] };
}

/** Receivers put secrets in the path too: `https://hooks.example.com/***`. */
function hostOnly(url: string): string {
  if (!URL.canParse(url)) return '***';
  const { protocol, host, pathname, search } = new URL(url);
  return `${protocol}//${host}/${pathname === '/' && search === '' ? '' : '***'}`;
}
