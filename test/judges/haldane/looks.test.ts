import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { afterLook, type Look, type LookState } from '../../../judges/haldane/looks.ts';
import { closeTo } from './expectations.ts';

const looked = (looks: readonly Look[], from?: LookState) =>
  looks.reduce<LookState | undefined>((state, look) => afterLook(state, look), from);

describe('repeated looks', () => {
  it('may never spend more than the whole error budget, however many there are', () => {
    const fractions = fc
      .uniqueArray(fc.double({ min: 0.001, max: 1, noNaN: true }), { minLength: 1, maxLength: 30 })
      .map((list) => list.toSorted((a, b) => a - b));
    fc.assert(
      fc.property(fractions, (planned) => {
        // A p-value of 1e-6 at one look alone shows the share which that look has.
        const shares = planned.map((_, at) => {
          const looks = planned.map((fraction, i): Look => ({ p: i === at ? 1e-6 : 1, side: 'High', fraction }));
          return 1e-6 / (looked(looks)?.p ?? 1);
        });
        expect(shares.reduce((sum, share) => sum + share, 0)).toBeLessThanOrEqual(1 + 1e-5);
      }),
    );
    const open = Array.from({ length: 1000 }, (_, k) => 6 / (Math.PI * (k + 1)) ** 2);
    expect(open.reduce((sum, share) => sum + share, 0)).toBeLessThan(1);
  });

  it('whose number nobody knows get less and less of it', () => {
    const state = looked([
      { p: 0.01, side: 'High' },
      { p: 0.001, side: 'Low' },
      { p: 0.01, side: 'High' },
    ]);
    closeTo(state?.p, (0.001 * (Math.PI * 2) ** 2) / 6);
    expect(state).toMatchObject({ plan: 'open', looks: 3, side: 'Low', decidedAtLook: 2 });
  });

  it('go on after a restart from what was stored as JSON', () => {
    const looks: Look[] = [0.2, 0.01, 0.3].map((p, i) => ({ p, side: 'High', fraction: (i + 1) / 4 }));
    const stored = JSON.parse(JSON.stringify(looked(looks.slice(0, 2)))) as LookState;
    expect(looked(looks.slice(2), stored)).toEqual(looked(looks));
  });

  it('that bring nothing new change nothing', () => {
    const once = afterLook(undefined, { p: 0.2, side: 'High', fraction: 0.5 });
    expect(afterLook(once, { p: 1e-9, side: 'Low', fraction: 0.5 })).toBe(once);
    const end = afterLook(once, { p: 0.2, side: 'High', fraction: 1 });
    expect(afterLook(end, { p: 1e-9, side: 'Low', fraction: 1.2 })).toBe(end);
  });

  it('at points beyond the plan count as the last one', () => {
    const late = afterLook(undefined, { p: 0.01, side: 'High', fraction: 1.3 });
    expect(late).toMatchObject({ fraction: 1, p: 0.01 });
  });

  it('are planned all or not at all', () => {
    const planned = afterLook(undefined, { p: 0.2, side: 'High', fraction: 0.5 });
    expect(() => afterLook(planned, { p: 0.2, side: 'High' })).toThrow(RangeError);
    const open = afterLook(undefined, { p: 0.2, side: 'High' });
    expect(() => afterLook(open, { p: 0.2, side: 'High', fraction: 0.5 })).toThrow(RangeError);
  });
});
