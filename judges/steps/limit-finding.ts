import type { RequestPoint } from './burn-rates.ts';
import { type BoundCheck, checkBounds, statisticOf } from './checked-bounds.ts';
import { formatNumber } from './format-number.ts';
import { type Limits, type SloValues, setsOfBounds } from './limit-fields.ts';
import { boundInWords, boundThatHolds, statisticName } from './limit-words.ts';
import { roundAway } from './round-away.ts';

/** The rules by which limits decide, by `evidence.clause`. */
export const LIMIT_RULES = {
  beyondLimit: 'A metric whose canary is beyond a limit of its config fails, whatever a comparison says.',
  limitUnchecked: 'A metric with limits, and nothing that could be held against them, fails.',
} as const;

/** The points of a metric, as its limits look at them. */
export interface LimitedSeries {
  readonly name: string;
  /** NaN for a missing point */
  readonly control: readonly number[];
  readonly experiment: readonly number[];
  /** missing values count as 0 where there is any value */
  readonly missingIsZero: boolean;
  /** both sides were asked the same question: they cannot differ, so a relative limit says nothing */
  readonly sameQuestion: boolean;
  /** of the canary, at each point */
  readonly requests?: readonly number[] | undefined;
  /** how many events of a point are in one of its values: more than 1 for a rate; absent: 1 */
  readonly eventsInOne?: number;
  /** how far points are apart; absent: 60 */
  readonly stepSeconds?: number;
  /** of a judge that compares with earlier runs instead */
  readonly earlier?: Reference | undefined;
}

/** What relative limits compare with. */
export interface Reference {
  readonly level: number;
  /** "the mean of 3 earlier runs" */
  readonly words: string;
}

/** What a metric's limits say of its canary. */
export interface LimitFinding {
  readonly state: 'held' | 'beyond' | 'unchecked';
  /** of what is beyond */
  readonly side: 'High' | 'Low';
  readonly checks: readonly BoundCheck[];
  /** ends with a full stop */
  readonly sentence: string;
  /** what would have held, a sentence each */
  readonly wouldHold: readonly string[];
}

/** Undefined for a metric without limits. A limit that cannot be checked is never held. */
export function findLimits(limits: Limits | undefined, series: LimitedSeries): LimitFinding | undefined {
  const sets = setsOfBounds(limits);
  if (limits === undefined || sets.length === 0) return undefined;
  const values = series.experiment.filter((value) => !Number.isNaN(value));
  const missing = whyNoValues(values, series, limits);
  const present = series.missingIsZero ? series.experiment.map((value) => (Number.isNaN(value) ? 0 : value)) : values;
  const reference = referenceOf(series, limits);
  const requests = requestPoints(limits, series);
  const badShare = badShareOf(requests);
  const { stepSeconds } = series;
  const findings = sets.map((set): LimitFinding => {
    const burning = {
      badShare,
      requests: badShare === undefined ? [] : requests,
      ...(stepSeconds === undefined ? {} : { stepSeconds }),
    };
    const checks = checkBounds(set, { present, reference: reference?.level, ...burning }, limits);
    const beyond = checks.filter(({ held, found }) => !held && !Number.isNaN(found));
    const say = (check: BoundCheck) => boundInWords(check, { limits, points: present.length, reference });
    if (beyond.length > 0 && values.length > 0) {
      const sentence = `Canary ${series.name} is beyond its limits: ${beyond.map(say).join('; ')}.`;
      const wouldHold = beyond.flatMap((check) => boundThatHolds(check, limits));
      return { state: 'beyond', side: beyond[0]?.side ?? 'High', checks, sentence, wouldHold };
    }
    const why = missing ?? whyUnchecked(checks, series, limits);
    if (why !== undefined) return unchecked(series.name, why, checks);
    const sentence = `Canary ${series.name} is within its limits: ${checks.map(say).join('; ')}.`;
    return { state: 'held', side: 'High', checks, sentence, wouldHold: [] };
  });
  return bestOf(findings);
}

/** One set that holds is enough; where none does, what is beyond says more than what could not be checked. */
function bestOf(findings: readonly LimitFinding[]): LimitFinding | undefined {
  const held = findings.find(({ state }) => state === 'held');
  if (held !== undefined) return held;
  const [first, ...others] = findings.toSorted((one, other) => ORDER[one.state] - ORDER[other.state]);
  if (first === undefined || others.length === 0) return first;
  return {
    ...first,
    checks: findings.flatMap(({ checks }) => checks),
    sentence: findings.map(({ sentence }) => sentence).join(' '),
    wouldHold: findings.flatMap(({ wouldHold }) => wouldHold),
  };
}

const ORDER = { held: 0, beyond: 1, unchecked: 2 } as const;

/** Why limits cannot be checked, and with what they could. */
interface Missing {
  readonly why: string;
  readonly need: string;
}

function unchecked(name: string, { why, need }: Missing, checks: readonly BoundCheck[]): LimitFinding {
  return {
    state: 'unchecked',
    side: 'High',
    checks,
    sentence: `${name} cannot be held against its limits: ${why}.`,
    wouldHold: [`It could be held against its limits if ${need}.`],
  };
}

function whyNoValues(
  values: readonly number[],
  { experiment, missingIsZero }: LimitedSeries,
  { coverage }: Limits,
): Missing | undefined {
  const [some, all] = [values.length, experiment.length];
  if (some === 0) {
    const only = all > 0 ? ', only missing values' : '';
    return { why: `the canary has no data${only}`, need: 'the canary had data in the window' };
  }
  if (missingIsZero || some >= coverage * all) return undefined;
  const why = `only ${some} of ${all} points of the canary have a value, less than the coverage asked for`;
  return { why, need: `limits.coverage were at most ${formatNumber(roundAway(some / all, false))}` };
}

function whyUnchecked(checks: readonly BoundCheck[], series: LimitedSeries, limits: Limits): Missing | undefined {
  const open = checks.find(({ found }) => Number.isNaN(found));
  if (open === undefined) return undefined;
  if (open.kind === 'burnRate') {
    if (open.why === undefined || badShareOf(requestPoints(limits, series)) === undefined) {
      return whyNoBurnRate(series, limits);
    }
    return { why: `its burn rate over ${open.windows} is not known: ${open.why}`, need: 'the run were longer' };
  }
  if (Number.isNaN(open.level)) {
    return { why: `the ${statisticName(limits)} of the canary is infinite`, need: 'its values were finite' };
  }
  if (series.sameQuestion) {
    const need = 'the sides had different scopes, or different windows';
    return { why: 'baseline and canary were asked the same question', need };
  }
  const need = 'the baseline had data in the window';
  return { why: 'the baseline, which it is compared with, has no data, or too little', need };
}

function whyNoBurnRate({ requests }: LimitedSeries, { values }: Limits): Missing {
  if (values !== 'badEvents') {
    const need = 'limits.values said what its values are';
    return { why: `its values are no ${values} of requests`, need };
  }
  if (requests === undefined) {
    const need = 'its requests were counted by query.denominator, under a judge that reads it';
    return { why: 'its values count events, and no requests are known', need };
  }
  const why = 'there are no requests, or fewer than events';
  return { why, need: 'there were requests of which its values are events' };
}

function referenceOf(
  { control, earlier, sameQuestion, missingIsZero }: LimitedSeries,
  { of, coverage }: Limits,
): Reference | undefined {
  if (earlier !== undefined) return earlier;
  if (sameQuestion) return undefined;
  const values = control.filter((value) => !Number.isNaN(value));
  if (values.length === 0) return undefined;
  if (!missingIsZero && values.length < coverage * control.length) return undefined;
  const level = statisticOf(missingIsZero ? control.map((value) => (Number.isNaN(value) ? 0 : value)) : values, of);
  return Number.isNaN(level) ? undefined : { level, words: 'the baseline' };
}

/** Bad requests of each point, of all; shares without requests weigh as much each. NaN where it is not known. */
function requestPoints(
  limits: Limits,
  { experiment, requests, missingIsZero, eventsInOne = 1 }: LimitedSeries,
): RequestPoint[] {
  if (limits.values === 'badEvents' && requests === undefined) return [];
  return experiment.map((given, index) => {
    const value = Number.isNaN(given) && missingIsZero ? 0 : given;
    const all = requests === undefined ? 1 : (requests[index] ?? Number.NaN);
    const bad = limits.values === 'badEvents' ? value * eventsInOne : badShareIn(value, limits.values) * all;
    return Number.isNaN(bad + all) ? { bad: Number.NaN, all: Number.NaN } : { bad, all };
  });
}

/** The share of bad requests over the window. Undefined where it cannot be known, or is no share. */
function badShareOf(points: readonly RequestPoint[]): number | undefined {
  const known = points.filter(({ all }) => !Number.isNaN(all));
  const sum = (of: (point: RequestPoint) => number) => known.reduce((total, point) => total + of(point), 0);
  const share = sum(({ bad }) => bad) / sum(({ all }) => all);
  return share >= -SLACK && share <= 1 + SLACK ? share : undefined;
}

/** Shares that a store computes may leave 0 to 1 by a rounding. */
const SLACK = 1e-9;

function badShareIn(value: number, values: Exclude<SloValues, 'badEvents'>): number {
  switch (values) {
    case 'badShare':
      return value;
    case 'badPercent':
      return value / 100;
    case 'goodShare':
      return 1 - value;
    case 'goodPercent':
      return 1 - value / 100;
  }
}
