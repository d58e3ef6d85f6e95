import type { CurrentSpan, SpanShape } from './current-span.ts';

const PORTS: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 };

/**
 * The span of an outgoing request, https://opentelemetry.io/docs/specs/semconv/http/http-spans/. Of the address the
 * query string and whoever asks are left out.
 */
export function requestSpan(method: string, address: string): SpanShape {
  const url = URL.parse(address);
  const attributes = {
    'http.request.method': method,
    'url.full': url === null ? undefined : url.origin + url.pathname,
    'server.address': url?.hostname,
    'server.port': url === null ? undefined : Number(url.port) || PORTS[url.protocol],
  };
  return { name: method, kind: 'client', attributes };
}

/** Notes the status of the answer; an error of the other side is a failure. */
export function answeredBy(span: CurrentSpan | undefined, status: number): void {
  span?.set({ 'http.response.status_code': status });
  if (status >= 400) span?.fail(String(status));
}
