/**
 * A page of a store, for people: `<baseUrl>/<path>?<parameters>` without the name and password of the base address.
 * Undefined when a browser must not follow the address.
 */
export function pageAddress(baseUrl: string, path: string, parameters: Record<string, string>): string | undefined {
  const url = URL.parse(baseUrl);
  if (url === null || !/^https?:$/.test(url.protocol)) return undefined;
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}/${path}?${new URLSearchParams(parameters)}`;
}
