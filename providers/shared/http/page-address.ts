import { pathSecrets } from './path-secrets.ts';

/**
 * The URL of a store's page: `<baseUrl>/<path>?<parameters>` without user name and password. Undefined when a browser
 * must not open it, or when it may show a secret in its path: reports are handed on.
 */
export function pageAddress(baseUrl: string, path: string, parameters: Record<string, string>): string | undefined {
  const url = URL.parse(baseUrl);
  if (url === null || !/^https?:$/.test(url.protocol) || pathSecrets(baseUrl).length > 0) return undefined;
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}/${path}?${new URLSearchParams(parameters)}`;
}
