import type { Side } from './component.ts';

/**
 * What is carried from look to look of one metric; plain JSON. `planned`: each look says which part of the planned points
 * it has; `open`: nobody knows how many looks there will be.
 */
export type LookState = Looked & ({ readonly plan: 'planned'; readonly fraction: number } | { readonly plan: 'open' });

interface Looked {
  readonly looks: number;
  /** The p-value of all looks together, which holds however often was looked. */
  readonly p: number;
  /** The side of the look that it comes from, and when that was. */
  readonly side: Side;
  readonly decidedAtLook: number;
}

export interface Look {
  readonly p: number;
  readonly side: Side;
  /** Points so far over points planned, up to 1; absent when nobody knows. The same for all looks of a metric. */
  readonly fraction?: number;
}

/** Early looks get little of the budget: they see little. */
const SPENDING_POWER = 1.5;

/**
 * The state after one more look. The p-value of each look is divided by its share of the error budget, and the smallest
 * counts: a union bound, valid whatever the looks have in common. A look that brings no new points (the same look again,
 * after a restart) changes nothing.
 *
 * @throws RangeError when a planned metric is looked at without a fraction, or the reverse
 */
export function afterLook(state: LookState | undefined, look: Look): LookState {
  const { fraction } = look;
  if (state && (state.plan === 'planned') !== (fraction !== undefined)) {
    throw new RangeError('all looks at a metric must give a fraction, or none of them');
  }
  if (fraction === undefined) return { plan: 'open', ...looked(state, look, openShare(state?.looks ?? 0)) };
  const before = state?.plan === 'planned' ? state.fraction : 0;
  const now = Math.min(1, fraction);
  if (state && now <= before) return state;
  return { plan: 'planned', fraction: now, ...looked(state, look, shareOfLook(now, before)) };
}

function looked(state: LookState | undefined, { p, side }: Look, share: number): Looked {
  const looks = (state?.looks ?? 0) + 1;
  const repeated = Math.min(1, p / share);
  if (state && state.p <= repeated) return { looks, p: state.p, side: state.side, decidedAtLook: state.decidedAtLook };
  return { looks, p: repeated, side, decidedAtLook: looks };
}

/** The part of the error budget of a planned look, from the fraction of the points it has and the look before had. */
export function shareOfLook(now: number, before: number): number {
  return spent(now) - spent(before);
}

/** The part of the error budget that is spent up to a fraction of the points. */
function spent(fraction: number): number {
  return fraction ** SPENDING_POWER;
}

/** The part of the error budget of a look, by its number and how many are planned. */
export function shareOf({ number, of }: { readonly number: number; readonly of?: number | undefined }): number {
  return of === undefined ? openShare(number - 1) : shareOfLook(number / of, (number - 1) / of);
}

/** "Judgement 2 of 5", or "Judgement 2" where nobody knows how many there will be */
export function lookInWords(number: number, of: number | undefined): string {
  return `Judgement ${number}${of === undefined ? '' : ` of ${of}`}`;
}

/** 6 / (π² k²) for the k-th look: endlessly many of these make 1. */
function openShare(looksBefore: number): number {
  return 6 / (Math.PI * (looksBefore + 1)) ** 2;
}
