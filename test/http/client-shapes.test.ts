import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestService, type TestService } from '../support/http/test-service.ts';

interface Shape {
  about: string;
  path: string;
  body: object;
  status: number;
  message?: string;
}

const SHAPES: Shape[] = JSON.parse(readFileSync('test/fixtures/http/client-shapes.json', 'utf8'));

let service: TestService;
beforeAll(async () => {
  service = await createTestService();
});
afterAll(() => service.close());

describe('bodies in the shapes of public clients', () => {
  it.each(SHAPES)('$about: $status', async ({ path, body, status, message }) => {
    const answer = await service.http.inject({ method: 'POST', url: path, payload: body });
    expect([answer.statusCode, answer.json().message]).toEqual([
      status,
      message === undefined ? undefined : expect.stringContaining(message),
    ]);
    // Typed clients have a number in `code`, and lose the whole body over a text.
    expect(answer.json()).not.toHaveProperty('code');
  });
});

describe('an address without a route', () => {
  it.each([
    ['QUERY', '/canary', 405, 'POST'],
    ['PATCH', '/health', 405, 'GET, HEAD'],
    ['POST', '/credentials', 405, 'GET, HEAD'],
  ])('%s %s is a %i that allows the others', async (method, url, status, allow) => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const answer = await service.http.inject({ method: method as 'POST', url, payload: 'query=up', headers });
    expect([answer.statusCode, answer.headers.allow]).toEqual([status, allow]);
  });

  it('is a page in a browser and JSON for a program', async () => {
    const page = await service.http.inject({ url: '/nowhere', headers: { accept: 'text/html' } });
    expect([page.statusCode, page.headers['content-type']]).toEqual([404, 'text/html; charset=utf-8']);
    expect((await service.http.inject('/nowhere')).json()).toMatchObject({ errorCode: 'ROUTE_NOT_FOUND' });
  });

  it('is none because of a slash too many', async () => {
    for (const url of ['//health', '/health/', '//canary//executions/']) {
      expect((await service.http.inject(url)).statusCode).toBe(200);
    }
  });
});

it('an answer is kept by nobody, is what it says it is, and is shown in no frame', async () => {
  for (const url of ['/health', '/canary/nope', '/nowhere']) {
    expect((await service.http.inject(url)).headers).toMatchObject({
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
    });
  }
});
