import type { CanaryScope, Side } from '../domain/canary-scope.ts';
import type { Ramp } from '../domain/ramp.ts';
import { instantMillis } from '../domain/values/instant.ts';
import type { VerdictDelivery } from '../domain/verdict-delivery.ts';
import type { AnalysisReport } from './analysis-report.ts';
import { decisionTimeInWords } from './decision-time.ts';
import { formatDuration, formatNumber, formatPercent, formatTime, formatWindow } from './format.ts';
import type { Report } from './report.ts';
import type { RunReport, ScopeReport } from './run-report.ts';

/** One fact about a run or analysis: a name, and texts shown below one another. */
export interface Fact {
  readonly name: string;
  readonly texts: readonly string[];
  /** the caller's: an http address in it is a link where there are links */
  readonly given?: true;
}

/** Where, when and how the canary was measured and judged. */
export function factsOf(report: Report): Fact[] {
  return report.kind === 'run' ? runFacts(report) : analysisFacts(report);
}

const MOST_METADATA = 20;

function runFacts(report: RunReport): Fact[] {
  const { scopes } = report;
  const windows = windowsOf(scopes);
  return [
    { name: 'Baseline', texts: placesOf(scopes, 'control', windows.length > 1) },
    { name: 'Canary', texts: placesOf(scopes, 'experiment', windows.length > 1) },
    { name: 'Window', texts: windows.length === 1 ? windows : [] },
    { name: 'History', texts: historyTexts(report) },
    ...trafficFacts(report),
    { name: 'Time to decision', texts: decisionTimeInWords(report.timeToDecision, report.ramp) },
    ...sharedFacts(report),
    { name: 'Series', texts: report.series },
    { name: 'Handed on to', texts: report.deliveries.map(deliveryInWords) },
    ...report.metadata
      .slice(0, MOST_METADATA)
      .map(({ name, value }) => ({ name, texts: [value], given: true as const })),
    { name: 'Run', texts: [report.id, whenOf(report)] },
  ];
}

function historyTexts({ history }: RunReport): string[] {
  if (history === undefined) return [];
  return [history.text, ...history.windows.map(({ text }) => text), ...history.missing];
}

/** How the requests were split, where it is known how they should have been. */
function trafficFacts({ sampleRatio }: RunReport): Fact[] {
  if (sampleRatio === undefined) return [];
  const { seenShare, expectedShare, pValue, overdispersion } = sampleRatio;
  const text = `${formatPercent(seenShare)} of the requests to the canary, ${formatPercent(expectedShare)} expected`;
  const test = `p = ${formatNumber(pValue)}, allowing for ${formatNumber(overdispersion)} times the variance of single requests`;
  return [{ name: 'Traffic', texts: [text, test] }];
}

/** "api.github.com, answered 204, 2026-01-01 12:00 UTC" */
function deliveryInWords({ at, receiver, status, error }: VerdictDelivery): string {
  return `${receiver}, ${status === undefined ? error : `answered ${status}`}, ${formatTime(instantMillis(at))}`;
}

function windowsOf(scopes: readonly ScopeReport[]): string[] {
  const windows = scopes.flatMap(({ control, experiment }) => [windowOf(control), windowOf(experiment)]);
  return [...new Set(windows)].filter((window) => window !== '');
}

function windowOf({ start, end, step }: CanaryScope = {}): string {
  if (start === undefined || end === undefined) return '';
  const [from, to] = [instantMillis(start), instantMillis(end)];
  const every = step === undefined ? '' : `, a point every ${formatDuration(step * 1000)}`;
  return `${formatWindow(from, to)} (${formatDuration(to - from)})${every}`;
}

function placesOf(scopes: readonly ScopeReport[], side: Side, withWindow: boolean): string[] {
  return scopes.map((scope) => {
    const own = scope[side] ?? {};
    const place = [own.scope, own.location].filter((part) => part !== undefined && part !== '').join(' in ');
    const name = scopes.length === 1 ? '' : `${scope.name}: `;
    return `${name}${place === '' ? 'not named' : place}${withWindow ? `, ${windowOf(own)}` : ''}`;
  });
}

function analysisFacts(report: AnalysisReport): Fact[] {
  const { scopes, plan } = report;
  const minutes = (value: number) => formatDuration(value * 60_000);
  const places = (side: 'control' | 'experiment') =>
    scopes.map((scope) =>
      [scope[`${side}Scope`], scope[`${side}Location`]]
        .filter((part) => part !== undefined && part !== '')
        .join(' in '),
    );
  return [
    { name: 'Baseline', texts: places('control') },
    { name: 'Canary', texts: places('experiment') },
    { name: 'History', texts: report.history === undefined ? [] : [report.history] },
    {
      name: 'Plan',
      texts: [
        ...(plan.beginAfterMins > 0 ? [`begins after ${minutes(plan.beginAfterMins)}`] : []),
        ...(plan.ramp === undefined ? judgedEvery(plan) : rampTexts(plan, plan.ramp)),
      ],
    },
    ...sharedFacts(report),
    { name: 'Started by', texts: [report.user] },
    { name: 'Analysis', texts: [report.id, whenOf(report)] },
  ];
}

function judgedEvery({ intervalMins, lookbackMins }: AnalysisReport['plan']): string[] {
  return [
    ...(intervalMins > 0 ? [`judged every ${formatDuration(intervalMins * 60_000)}`] : []),
    lookbackMins > 0 ? `looking back ${formatDuration(lookbackMins * 60_000)}` : 'all data since the start',
  ];
}

function rampTexts({ intervalMins }: AnalysisReport['plan'], { shares }: Ramp): string[] {
  const each = `each share of the traffic judged ${formatDuration(intervalMins * 60_000)} after it is announced`;
  return shares === undefined ? [each] : [each, `planned: ${shares.join(', ')} %`];
}

function sharedFacts({ application, config, judge, metricsAccountName }: Report): Fact[] {
  return [
    { name: 'Application', texts: [application] },
    { name: 'Config', texts: [config.name === undefined || config.name === '' ? config.id : config.name] },
    { name: 'Judge', texts: [judge] },
    { name: 'Metrics store', texts: [metricsAccountName] },
  ];
}

/** When it was accepted, and how long it took. */
function whenOf({ acceptedMillis, startedMillis, endedMillis }: Report): string {
  const hasEnded = startedMillis !== undefined && endedMillis !== undefined;
  return `${formatTime(acceptedMillis)}${hasEnded ? `, took ${formatDuration(endedMillis - startedMillis)}` : ''}`;
}
