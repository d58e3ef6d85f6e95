import type { CanaryJudgeScore } from '../domain/canary-judge-result.ts';
import {
  coverageInWords,
  coverageOf,
  hasOnlyInfinities,
  partialSilenceInWords,
  silenceInWords,
} from '../domain/coverage.ts';
import type { CanaryExecutionStatusResponse } from '../domain/run.ts';
import { instantMillis } from '../domain/values/instant.ts';
import { reportWaiting } from '../domain/waiting-report.ts';
import { causeInWords } from './cause-words.ts';
import { count, formatNumber, formatWindow } from './format.ts';
import { labelledName } from './labelled-name.ts';
import type { MetricReport } from './metric-report.ts';
import { windowWaitInWords } from './open-window.ts';
import { waitingInWords } from './waiting-words.ts';

const MOST_NAMES = 3;

/** What decided the run, and how much of it could be judged, in a few sentences. @param partial of a window's part */
export function headlineOf(
  run: CanaryExecutionStatusResponse,
  metrics: readonly MetricReport[],
  partial: string | undefined,
): string {
  if (run.status === 'canceled') return 'The run was canceled before it was judged.';
  if (run.exception !== undefined) return 'The run ended without a verdict.';
  if (!run.complete) return underWay(run, partial);
  const { results = [], score } = run.result?.judgeResult ?? {};
  const coverage = coverageOf(results, unreported(metrics).length);
  const sentences = [
    partial ?? '',
    silence(run) || (partialSilenceInWords(coverage) ?? ''),
    ...doubts(metrics),
    coverage.judged === 0 && coverage.of > 0 ? '' : whatFailed(metrics),
    reasonOf(score?.classificationReason),
    coverage.judged > 0 && score?.classification === 'Fail' ? whyWithoutFailure(metrics, score) : '',
    `${coverageInWords(coverage)}${coverage.judged > 0 ? '' : meaning(score?.classification)}.`,
  ];
  return sentences.filter((sentence) => sentence !== '').join(' ');
}

/** What a judge says of the canary besides naming what failed, as that it is Marginal at best. */
function reasonOf(reason: string | undefined): string {
  return reason === undefined || reason === '' || reason.startsWith('Canary Failed') ? '' : `${reason}.`;
}

/** A canary fails though none of its metrics did: the weights, or something the judge says. */
function whyWithoutFailure(
  metrics: readonly MetricReport[],
  { score, classificationReason }: CanaryJudgeScore,
): string {
  const innocent: readonly string[] = ['pass', 'muted', 'not judged'];
  if (metrics.some(({ standing }) => !innocent.includes(standing))) return '';
  const reason = classificationReason.replace(/^Canary Failed: /, '');
  if (reason === '') return `The weights of the groups leave the score at ${formatNumber(score)}.`;
  return reason.startsWith('no ') ? `The canary fails since ${reason}.` : '';
}

/** What it means that nothing could be judged. */
function meaning(verdict: string | undefined): string {
  return verdict === 'Pass' ? ', so this pass says nothing' : '';
}

/** A side without any data explains all the rest: a wrong scope, or nothing that runs. */
function silence(run: CanaryExecutionStatusResponse): string {
  const coverage = coverageOf(run.result?.judgeResult.results ?? []);
  const said = silenceInWords(coverage);
  if (said === undefined || hasOnlyInfinities(coverage)) return said ?? '';
  const pairs = Object.values(run.canaryExecutionRequest.scopes ?? {});
  const { control, experiment } = coverage.empty;
  const silent = [
    ...(experiment === coverage.of ? pairs.map(({ experimentScope }) => experimentScope?.scope) : []),
    ...(control === coverage.of ? pairs.map(({ controlScope }) => controlScope?.scope) : []),
  ];
  const names = [...new Set(silent)].filter((name) => name !== undefined && name !== '').slice(0, MOST_NAMES);
  const scopes = names.map((name) => `'${shortened(name ?? '')}'`).join(', ');
  if (names.length === 0) return `${said} Is the window right, is it running?`;
  const then = experiment < coverage.of || control < coverage.of ? ownWindow(run, experiment === coverage.of) : '';
  const [is, are] = then === '' ? ['is', 'are'] : ['was', 'were'];
  return names.length === 1
    ? `${said} Is the scope ${scopes} right, ${is} it running${then}?`
    : `${said} Are the scopes ${scopes} right, ${are} they running${then}?`;
}

/** The window of the silent side, where the other side has another: it may have run at one time and not at the other. */
function ownWindow({ canaryExecutionRequest }: CanaryExecutionStatusResponse, isCanary: boolean): string {
  const windows = Object.values(canaryExecutionRequest.scopes ?? {}).map(({ controlScope, experimentScope }) => {
    const [own, other] = isCanary ? [experimentScope, controlScope] : [controlScope, experimentScope];
    if (own?.start === undefined || own.end === undefined || own.start === other?.start) return '';
    return `, ${formatWindow(instantMillis(own.start), instantMillis(own.end))}`;
  });
  const [window = ''] = new Set(windows);
  return windows.every((other) => other === window) ? window : '';
}

/** Metrics of a judged run of which its judge said nothing. A muted one need not be. */
export function unreported(metrics: readonly MetricReport[]): readonly MetricReport[] {
  return metrics.filter(({ result, muted }) => result === undefined && !muted);
}

/** What makes all of the verdict doubtful. */
function doubts(metrics: readonly MetricReport[]): string[] {
  const unpaired = metrics.find(({ unpaired: reason }) => reason !== undefined);
  const same = metrics.filter(({ sameQuery }) => sameQuery).length;
  const silent = unreported(metrics);
  return [
    ...(silent.length === 0 ? [] : [`The judge says nothing of ${names(silent)}.`]),
    ...(unpaired === undefined ? [] : [`“${shortened(labelledName(unpaired))}”: ${unpaired.unpaired}`]),
    ...(same === 0
      ? []
      : [`Baseline and canary were asked the same question (${same} of ${count(metrics.length, 'metric')}).`]),
  ];
}

function whatFailed(metrics: readonly MetricReport[]): string {
  const counted = metrics.filter(({ standing }) => standing !== 'muted');
  const critical = counted.filter(({ standing }) => standing === 'critical failure');
  const failed = counted.filter(({ standing }) => standing === 'critical failure' || standing === 'failure');
  const empty = counted.filter(
    ({ classification, outcome }) => classification === 'Nodata' && outcome === undefined,
  ).length;
  const unsure = counted.filter(({ standing }) => standing === 'inconclusive');
  const nodata = [
    ...(empty === 0 ? [] : [` ${empty} had no data.`]),
    ...(unsure.length === 0 ? [] : [` Inconclusive: ${names(unsure)}.`]),
  ].join('');
  const plain = failed.filter(({ standing }) => standing === 'failure');
  if (critical.length > 0) {
    const word = critical.length === 1 ? 'A critical metric' : `${critical.length} critical metrics`;
    const isSilent = critical.every(({ classification }) => classification === 'Nodata');
    const happened = isSilent ? `${critical.length === 1 ? 'has' : 'have'} no data` : 'failed';
    const told = isSilent ? names(critical) : causes(critical);
    const others = plain.length === 0 ? '' : ` Also failed: ${causes(plain)}.`;
    return `${word} ${happened}, which fails the canary: ${told}.${others}${nodata}`;
  }
  if (empty * 2 >= counted.length && empty > 0) {
    return `${empty} of ${count(counted.length, 'metric')} had no data; with half of them or more, the canary fails.`;
  }
  if (failed.length === 0) return `None of ${count(counted.length, 'metric')} failed.${nodata}`;
  return `${failed.length} of ${count(counted.length, 'metric')} failed: ${causes(failed)}.${nodata}`;
}

/** The first reason for waiting; the others follow in the report. */
function underWay(run: CanaryExecutionStatusResponse, partial: string | undefined): string {
  if (run.waitsUntilMillis !== undefined) return `The run ${windowWaitInWords(run.waitsUntilMillis)}.`;
  const [waiting] = reportWaiting(run.fetchReport ?? []);
  const state = waiting === undefined ? 'The run is under way.' : `The run is under way; ${waitingInWords(waiting)}.`;
  return partial === undefined ? state : `${state} ${partial}`;
}

function names(metrics: readonly MetricReport[]): string {
  return listed(metrics, (metric) => `“${shortened(labelledName(metric))}”`);
}

/** Each with how much it changed; those that cost most are first already. */
function causes(metrics: readonly MetricReport[]): string {
  return listed(metrics, (metric) => causeInWords(metric, shortened));
}

function listed(metrics: readonly MetricReport[], toWords: (metric: MetricReport) => string): string {
  const shown = metrics.slice(0, MOST_NAMES).map(toWords);
  const others = metrics.length - shown.length;
  return `${shown.join(', ')}${others === 0 ? '' : ` and ${count(others, 'other')}`}`;
}

const LONGEST_NAME = 80;

/** Whole characters, including those of two UTF-16 units. */
function shortened(name: string): string {
  const characters = [...name];
  return characters.length <= LONGEST_NAME ? name : `${characters.slice(0, LONGEST_NAME).join('')}…`;
}
