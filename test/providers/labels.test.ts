import { expect, it } from 'vitest';
import { Labels } from '../../providers/shared/series/labels.ts';

it('keeps labels with the names that every object has', () => {
  const labels = JSON.parse('{"constructor":"a","toString":"b","__proto":"c"}');
  expect(Labels.parse(labels)).toEqual(labels);
});

it('refuses a label called __proto__, which would be lost: two series might differ in nothing else', () => {
  const { error } = Labels.safeParse(JSON.parse('{"__proto__":"a","zone":"eu"}'));
  expect(error?.issues[0]?.message).toMatch(/called __proto__.*aggregate it away, or rename it/);
});

it.each([[{ zone: 1 }], ['text'], [null]])('refuses what is no labels: %j', (labels) => {
  expect(Labels.safeParse(labels).success).toBe(false);
});
