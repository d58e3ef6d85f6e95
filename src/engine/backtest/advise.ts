import type { BacktestAdvice, BacktestMetric } from '../../domain/backtest-report.ts';

/** Of fewer windows nothing is said. */
const FEWEST_WINDOWS = 10;
/** A metric that alarms more often than in one window of twenty, beyond what chance explains, is noise. */
const MOST_ALARMS = 0.05;
/** A metric that can only find more than this is no guard. */
const MOST_CHANGE = 1;
/** A longer window than this many times the one that was tried is no advice. */
const LONGEST = 24;

type Measured = Omit<BacktestMetric, 'advice'>;

/** A recommendation, in the order of what is worst. It decides nothing. */
export function advise(metric: Measured, windowMinutes: number): BacktestAdvice {
  return withoutData(metric) ?? tooNoisy(metric) ?? tooBlind(metric, windowMinutes) ?? keep(metric);
}

function withoutData({ judged, withoutData: empty }: Measured): BacktestAdvice | undefined {
  const windows = judged + empty;
  if (windows >= FEWEST_WINDOWS && empty > judged) {
    const sentence = `${empty} of ${windows} windows had no data: correct its query, or drop the metric.`;
    return { action: 'drop', reason: 'silent', sentence };
  }
  if (judged >= FEWEST_WINDOWS) return undefined;
  return {
    action: 'unknown',
    sentence: `Only ${judged === 1 ? '1 window' : `${judged} windows`} had data; at least ${FEWEST_WINDOWS} are needed to say anything, and 100 to say it well.`,
  };
}

function tooNoisy({ judges, usualDifference, allowedChange }: Measured): BacktestAdvice | undefined {
  const { falseAlarms } = judges[0] ?? {};
  const { count = 0, of = 0, lower = 0 } = falseAlarms ?? {};
  if (lower <= MOST_ALARMS) return undefined;
  const often = `It alarmed in ${count} of ${of} windows in which nothing had changed`;
  const change = roundedUp(Math.max(usualDifference ?? allowedChange, allowedChange));
  if (usualDifference === undefined || change > MOST_CHANGE) {
    return {
      action: 'drop',
      reason: 'noisy',
      sentence: `${often}, and differs by more than ${percent(MOST_CHANGE)} without a reason.`,
    };
  }
  return {
    action: 'allow',
    reason: 'noisy',
    sentence: `${often}: allow a change of ${percent(change)}; nineteen of twenty windows differed by less.`,
    change,
  };
}

function tooBlind(metric: Measured, windowMinutes: number): BacktestAdvice | undefined {
  const { smallestChange, allowedChange, minutesToDecision } = metric;
  if (smallestChange === undefined) {
    const sentence = 'No window had enough points to measure its noise: lengthen the window or shorten the step.';
    return { action: 'unknown', reason: 'blind', sentence };
  }
  if (smallestChange.now <= allowedChange) return undefined;
  const finds = `In ${windowMinutes} minutes it finds nothing below ${percent(smallestChange.now)}`;
  if (minutesToDecision !== undefined && minutesToDecision <= windowMinutes * LONGEST) {
    const minutes = Math.ceil(minutesToDecision);
    const sentence = `${finds}: lengthen the window to ${minutes} minutes to find ${percent(allowedChange)}.`;
    return { action: 'lengthen', reason: 'blind', sentence, minutes };
  }
  const change = roundedUp(smallestChange.now);
  if (change > MOST_CHANGE)
    return { action: 'drop', reason: 'blind', sentence: `${finds}, and no useful length of window would change that.` };
  return {
    action: 'allow',
    reason: 'blind',
    sentence: `${finds}, and no useful window would: allow ${percent(change)}.`,
    change,
  };
}

function keep({ judges, smallestChange }: Measured): BacktestAdvice {
  const { count = 0, of = 0 } = judges[0]?.falseAlarms ?? {};
  const finds = smallestChange === undefined ? '' : ` and finds ${percent(roundedUp(smallestChange.now))}`;
  return { action: 'keep', sentence: `It alarmed in ${count} of ${of} windows${finds} in nine of ten canaries.` };
}

function percent(share: number): string {
  return `${Math.round(share * 1000) / 10} %`;
}

/** To whole percent. */
function roundedUp(share: number): number {
  return Math.ceil(share * 100 - 1e-9) / 100;
}
