import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { MetricSet } from '../../src/domain/metric-set.ts';
import { CanaryError } from '../../src/errors.ts';
import { describeProviders, failureOf, type Trial } from '../support/describe-providers.ts';
import { damagedBodies } from '../support/http/damaged-bodies.ts';

const FIFTY_MB = Buffer.alloc(50 * 1024 * 1024, 'x');

// What every provider owes when its store answers with something else than the vendor documents.

await describeProviders((trial) => {
  if (trial.standIn.queryHolding !== undefined) {
    test('has no store that could answer with something else', () => expect(trial.standIn.queryHolding).toBeDefined());
    return;
  }
  testUnreadable(trial);
  testDamage(trial);
});

function testUnreadable(trial: Trial): void {
  test('a success that is a page, nothing, or 50 MB of it cannot be read', async () => {
    for (const body of [Buffer.from('<!doctype html><title>Login</title>'), Buffer.of(), FIFTY_MB]) {
      const answer = { body, headers: { 'content-type': 'text/html' } };
      const { code } = await failureOf(trial, () => answer);
      expect(code).toMatch(/METRICS_(ANSWER_INVALID|LIMIT_EXCEEDED)/);
    }
  });
}

function testDamage({ standIn, ask, store, windowOf, holding }: Trial): void {
  const outcomeOf = (damage: (body: string) => string) => {
    store().series = holding([1, 2, 3, 4, 5]);
    store().behave = (_, good) => ({ ...good(), body: damage(good().body) });
    return ask(windowOf(5)).catch((reason: unknown) => reason);
  };

  if (standIn.cutUnseen === undefined) {
    test('an answer cut off anywhere is no shorter series', async () => {
      const whole = await outcomeOf((body) => body);
      const part = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
      const property = fc.asyncProperty(part, async (kept) => {
        const outcome = await outcomeOf((body) => body.slice(0, Math.floor(body.length * kept)));
        if (outcome instanceof CanaryError) expect(outcome.code).toMatch(/^METRICS_/);
        else expect(outcome).toEqual(whole);
      });
      await fc.assert(property, { numRuns: 40 });
    });
  }

  test('a damaged answer becomes whole series or an error of the right kind', async () => {
    const property = fc.asyncProperty(damagedBodies(), async (damage) => {
      const outcome = await outcomeOf(damage);
      if (outcome instanceof CanaryError) expect(outcome.code).toMatch(/^METRICS_/);
      else
        for (const { values } of outcome as MetricSet[])
          expect(values.map((value) => typeof value)).toEqual(Array(5).fill('number'));
    });
    await fc.assert(property, { numRuns: 150 });
  });
}
