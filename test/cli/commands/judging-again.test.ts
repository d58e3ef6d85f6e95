import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestService, type TestService } from '../../support/http/test-service.ts';
import { runHaldane } from '../run-haldane.ts';

let service: TestService;
let url = '';
beforeAll(async () => {
  service = await createTestService();
  url = await service.http.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(() => service.close());

it.each([
  ['diff', 'judges', '--right', 'FakeJudge-v1.0'],
  ['run', 'replay', '--last', '10'],
])('haldane %s %s says that there is no run, and is not green', async (...args) => {
  expect(await runHaldane([...args, '--url', url])).toEqual({
    code: 1,
    out: 'No run ended with a verdict.\n',
    err: expect.any(String),
  });
});

it('haldane diff judges asks who is to judge', async () => {
  const { code, err } = await runHaldane(['diff', 'judges', '--url', url]);
  expect([code, err]).toEqual([64, expect.stringContaining('--right HaldaneJudge-v1.0, or --right-settings')]);
});
