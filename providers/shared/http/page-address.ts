/**
 * The URL of a store's page: `<baseUrl>/<path>?<parameters>` without user name and password. Undefined when a browser
 * must not open it.
 */
export function pageAddress(baseUrl: string, path: string, parameters: Record<string, string>): string | undefined {
  const url = URL.parse(baseUrl);
  if (url === null || !/^https?:$/.test(url.protocol)) return undefined;
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}/${path}?${new URLSearchParams(parameters)}`;
}
