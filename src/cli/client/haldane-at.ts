import { createHttpClient, type HttpClient } from './http-client.ts';

/**
 * A running Haldane. The variable HALDANE_TOKEN, if set, is sent as a bearer token; an option would show it in the list
 * of processes.
 */
export function haldaneAt(baseUrl: string, timeoutMillis: number, remedy?: string): HttpClient {
  const token = process.env.HALDANE_TOKEN?.trim() || undefined;
  return createHttpClient({ baseUrl, name: 'Haldane', timeoutMillis, token, remedy });
}
