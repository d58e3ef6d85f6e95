import { z } from 'zod';

const Tls = z.strictObject({
  certFile: z.string().min(1).describe('PEM, with the certificates between it and its authority'),
  keyFile: z.string().min(1).describe('PEM'),
  clientCaFile: z
    .string()
    .min(1)
    .optional()
    .describe('who may vouch for clients, for auth.certificates; absent: clients are asked for no certificate'),
});

/** Where the service listens, and whom it answers. */
export const Server = z.strictObject({
  host: z.string().min(1).default('127.0.0.1').describe('address to listen on; 0.0.0.0 is every interface'),
  port: z.number().int().min(0).max(65_535).default(8090).describe('0 picks a free port'),
  publicUrl: z
    .string()
    .refine(isAddress, 'must be scheme and host, such as https://haldane.example.com; pages work below no other path')
    .transform((url) => new URL(url).origin)
    .optional()
    .describe('where people reach this service: links to reports begin with it; absent: with the Host of the request'),
  tls: Tls.optional().describe('speaks https; absent: http'),
  allowedHosts: z
    .array(z.string().regex(/^(\*\.)?[^\s:/*]+$/, 'must be a name without scheme and port, such as haldane.internal'))
    .default([])
    .describe('names clients may call the service by; empty: loopback names on loopback, elsewhere any'),
  allowedOrigins: z
    .array(z.string().refine(isOrigin, 'must be the origin of a site, such as https://deck.example.com'))
    .default([])
    .describe('sites whose pages may read and write'),
  maxConnections: z.number().int().min(1).default(2000).describe('connections at once; further ones get a 503'),
  maxEventStreams: z.number().int().min(0).default(1000).describe('streams of events at once; further ones get a 503'),
  headersTimeoutSeconds: z.number().positive().max(3600).default(20).describe('for the headers of a request to arrive'),
  requestTimeoutSeconds: z.number().positive().max(3600).default(120).describe('for a whole request to arrive'),
  stalledClientSeconds: z.number().positive().max(3600).default(30).describe('without reading, a client is cut off'),
  maxUnreadMegabytes: z.number().positive().default(256).describe('kept for clients that have not read their answers'),
  maxArrivingMegabytes: z.number().positive().default(512).describe('of requests that have not arrived completely'),
  remoteAdmin: z.boolean().default(false).describe('whether other machines may disable the service or remove accounts'),
});

/** As a person writes an origin, with a slash or without. */
function isAddress(text: string): boolean {
  if (!/^https?:\/\/[^\s?#]+$/i.test(text) || !URL.canParse(text)) return false;
  const { username, password, pathname } = new URL(text);
  return username === '' && password === '' && pathname === '/';
}

/** Scheme, host and port as browsers send them, nothing else. */
function isOrigin(text: string): boolean {
  return /^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text;
}
