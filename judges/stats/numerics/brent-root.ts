/** A function and an interval with a change of sign; `low` and `high` are the function's values at its ends. */
export interface Bracket {
  readonly from: number;
  readonly to: number;
  readonly low: number;
  readonly high: number;
}

/** 2^-52 */
const EPSILON = Number.EPSILON;

/**
 * A root of `f` in the bracket, by Brent's combination of bisection, secant and inverse quadratic steps.
 *
 * The steps and their rounding are those of R's `uniroot`, so that results agree with it bit for bit; the answer lies
 * within `tolerance` of a change of sign (an absolute length), or is the last point after `maxIterations`.
 *
 * Source: R. P. Brent, "Algorithms for Minimization without Derivatives" (1973), chapter 4, `zeroin`.
 *
 * @example brentRoot((x) => x * x - 2, { from: 0, to: 2, low: -2, high: 2 }, 1e-4, 1000) // 1.41421…
 */
export function brentRoot(
  f: (x: number) => number,
  bracket: Bracket,
  tolerance: number,
  maxIterations: number,
): number {
  let { from: previous, to: best, low: fPrevious, high: fBest } = bracket;
  if (fPrevious === 0) return previous;
  if (fBest === 0) return best;
  let [across, fAcross] = [previous, fPrevious];
  for (let iteration = 0; iteration <= maxIterations; iteration++) {
    const lastStep = best - previous;
    if (Math.abs(fAcross) < Math.abs(fBest)) {
      [previous, best, across] = [best, across, best];
      [fPrevious, fBest, fAcross] = [fBest, fAcross, fBest];
    }
    const reach = 2 * EPSILON * Math.abs(best) + tolerance / 2;
    let step = (across - best) / 2;
    if (Math.abs(step) <= reach || fBest === 0) return best;
    if (Math.abs(lastStep) >= reach && Math.abs(fPrevious) > Math.abs(fBest)) {
      const { p, q } = interpolate({ previous, best, across }, { fPrevious, fBest, fAcross });
      const width = across - best;
      if (p < 0.75 * width * q - Math.abs(reach * q) / 2 && p < Math.abs((lastStep * q) / 2)) step = p / q;
    }
    if (Math.abs(step) < reach) step = step > 0 ? reach : -reach;
    previous = best;
    fPrevious = fBest;
    best += step;
    fBest = f(best);
    if ((fBest > 0 && fAcross > 0) || (fBest < 0 && fAcross < 0)) {
      across = previous;
      fAcross = fPrevious;
    }
  }
  return best;
}

interface Points {
  readonly previous: number;
  readonly best: number;
  readonly across: number;
}

interface Values {
  readonly fPrevious: number;
  readonly fBest: number;
  readonly fAcross: number;
}

/** The step to the root of the curve through the points is p / q, with p not negative. */
function interpolate({ previous, best, across }: Points, { fPrevious, fBest, fAcross }: Values) {
  const width = across - best;
  let p: number;
  let q: number;
  if (previous === across) {
    const slope = fBest / fPrevious;
    p = width * slope;
    q = 1 - slope;
  } else {
    const r = fPrevious / fAcross;
    const s = fBest / fAcross;
    const t = fBest / fPrevious;
    p = t * (width * r * (r - s) - (best - previous) * (s - 1));
    q = (r - 1) * (s - 1) * (t - 1);
  }
  return p > 0 ? { p, q: -q } : { p: -p, q };
}
