import { expect, it } from 'vitest';
import { configOf } from '../support/http/requests.ts';
import { createTestService } from '../support/http/test-service.ts';

it('are worked on one a turn, also when many arrive together', async () => {
  const service = await createTestService();
  const post = (payload: object) => service.http.inject({ method: 'POST', url: '/canaryConfig/validate', payload });
  await post(configOf(1));
  let turns = 0;
  let others: NodeJS.Immediate | undefined;
  const count = () => {
    turns++;
    others = setImmediate(count);
  };
  count();
  const answers = await Promise.all(Array.from({ length: 30 }, () => post(configOf(40))));
  clearImmediate(others);
  expect(new Set(answers.map(({ statusCode }) => statusCode))).toEqual(new Set([200]));
  expect(turns).toBeGreaterThan(2 * 30);
  await service.close();
});
