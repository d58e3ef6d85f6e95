import type { SurveyedVersion, SurveyProposal } from '../../domain/survey.ts';
import { type Chosen, valuesText } from '../discovery/choose.ts';

export interface Doubts {
  readonly chosen: Chosen;
  readonly versions: readonly SurveyedVersion[];
  readonly traffic?: SurveyProposal['traffic'];
  /** why the traffic is not known */
  readonly unknown?: string;
  readonly minutes: number;
  readonly trafficLeftOut: boolean;
}

/** Of fewer, a rate of one in a hundred is a handful of errors: nothing can be told from them. */
const FEW_REQUESTS = 500;
const PER_SECOND = /\/s$/;
/** Instances that get so much more than the others are no measure for them. */
const UNEVEN = 1.25;

/** What would make a verdict weak or wrong, a sentence each. Pure. */
export function warningsOf(doubts: Doubts): string[] {
  const { chosen } = doubts;
  const { baseline, canary } = chosen;
  const [first] = chosen.packs;
  if (first?.problem !== undefined) return [`${first.name}: ${first.problem}.`];
  if (first?.versions === undefined) return [];
  const sides = [...sideWarning(doubts, 'baseline', baseline), ...sideWarning(doubts, 'canary', canary)];
  if (baseline === undefined || canary === undefined) return sides;
  if (baseline === canary) {
    return [
      `Baseline and canary are both ${baseline}: a version compared with itself passes whatever it does. Choose two.`,
    ];
  }
  return [...sides, ...guessed(chosen), ...trafficWarnings(doubts)];
}

function sideWarning({ chosen: { packs } }: Doubts, side: string, value: string | undefined): string[] {
  const versions = packs[0]?.versions;
  if (versions === undefined) return [];
  if (value === undefined) return [`Which version is the ${side} is not clear: choose it. ${valuesText(versions)}.`];
  if (versions.values.has(value)) return [];
  return [`The ${side} '${value}' has no series now. ${valuesText(versions)}.`];
}

function guessed({ packs: [first], baseline, canary }: Chosen): string[] {
  const arms = first?.versions?.arms;
  const isFound = arms?.baseline === baseline && arms?.canary === canary;
  return isFound && arms?.told.includes('guess') ? [`Check the sides: ${arms.told}.`] : [];
}

function trafficWarnings(doubts: Doubts): string[] {
  const { traffic, unknown, trafficLeftOut } = doubts;
  const { baseline, canary } = doubts.chosen;
  if (unknown !== undefined) return [`How much traffic each version gets is not known: ${unknown}`];
  if (traffic === undefined) {
    return ['No metric that was found counts requests, so whether the sides are comparable cannot be told.'];
  }
  const named = [['baseline', baseline] as const, ['canary', canary] as const];
  const found = named.flatMap(([side, value]) => {
    const version = doubts.versions.find((one) => one.value === value);
    return version === undefined ? [] : [{ ...version, side }];
  });
  const known = found.every((version) => version.traffic !== undefined);
  const why = known ? 'the sides do not get as much of it' : 'whether the sides get as much of it is not known';
  const left = `Traffic itself is left out of the config, since ${why}.`;
  return [...found.flatMap((side) => thin(side, doubts)), ...uneven(found), ...(trafficLeftOut ? [left] : [])];
}

function thin(version: SurveyedVersion & { readonly side: string }, { minutes, traffic }: Doubts): string[] {
  const { side, value, traffic: mean, minutes: covered = 0 } = version;
  if (mean === undefined || mean === 0) {
    return [`The ${side} ${value} had no requests in the last ${minutes} minutes: there is nothing to judge.`];
  }
  if (covered < minutes / 2) {
    return [
      `The ${side} ${value} has data for ${minutesText(covered)} of the last ${minutes} minutes: judge it once it has run longer, or a shorter window.`,
    ];
  }
  const counted = PER_SECOND.test(traffic?.unit ?? '') ? Math.round(mean * covered * 60) : undefined;
  if (counted === undefined || counted >= FEW_REQUESTS) return [];
  return [
    `The ${side} ${value} had about ${counted} requests in the last ${minutes} minutes: only a large change can be told from so few. Judge a longer window, or send it more.`,
  ];
}

function minutesText(minutes: number): string {
  return minutes < 1 ? 'less than one' : String(Math.floor(minutes));
}

function uneven(found: readonly SurveyedVersion[]): string[] {
  const each = found.flatMap(({ traffic, targets }) => (traffic && targets ? [traffic / targets] : []));
  const [one, other] = each;
  if (one === undefined || other === undefined) return [];
  if (Math.max(one, other) / Math.min(one, other) <= UNEVEN) return [];
  return [
    'Single instances of the two versions do not get as much traffic each, so CPU and memory of instances differ for that reason alone: read saturation with care, or leave it out.',
  ];
}
