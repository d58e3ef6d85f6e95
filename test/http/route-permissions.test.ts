import Fastify from 'fastify';
import { expect, it } from 'vitest';
import { requirePermissions } from '../../src/http/request/route-permissions.ts';
import type { HttpServer } from '../../src/http/service.ts';

function empty(): HttpServer {
  const http = Fastify() as unknown as HttpServer;
  requirePermissions(http);
  return http;
}

it('refuses a route without a permission, and says what to add', () => {
  expect(() => empty().get('/forgotten', async () => 'secret')).toThrow(/forgotten has no permission: add config/);
});

it('refuses a permission that there is none of', () => {
  const config = { permission: 'runs.everything' as 'admin' };
  expect(() => empty().get('/misspelt', { config }, async () => 'secret')).toThrow(/one of public, runs.read/);
});

it('adds a route that has one', () => {
  const http = empty();
  http.get('/known', { config: { permission: 'runs.read' } }, async () => 'text');
  expect(http.hasRoute({ method: 'GET', url: '/known' })).toBe(true);
});
