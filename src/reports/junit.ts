import { type AnalysisReport, failedIn, type IntervalReport, intervalName } from './analysis-report.ts';
import { formatNumber, formatWindow } from './format.ts';
import { labelledName } from './labelled-name.ts';
import { type MetricReport, wordOf } from './metric-report.ts';
import type { Report } from './report.ts';
import type { RunReport } from './run-report.ts';
import { verdictOf } from './verdict.ts';
import { visibleText } from './visible-text.ts';
import { waitingInWords } from './waiting-words.ts';

/** One test case of a suite, in JUnit's words. */
interface TestCase {
  readonly name: string;
  readonly className: string;
  readonly outcome: Outcome | undefined;
  readonly seconds?: number;
}

interface Outcome {
  readonly kind: 'failure' | 'error' | 'skipped';
  readonly type: string;
  readonly message: string;
  readonly text?: string;
}

/** A report for build servers: one test case per metric of a run, or per interval of an analysis. */
export function renderJunit(report: Report): string {
  const cases = report.kind === 'run' ? runCases(report) : analysisCases(report);
  const all = [...cases, ...overNothingCase(report), ...(report.failure === undefined ? [] : [failureCase(report)])];
  const tally = (kind: Outcome['kind']) => all.filter(({ outcome }) => outcome?.kind === kind).length;
  const { startedMillis = report.acceptedMillis, endedMillis = startedMillis } = report;
  const attributes = {
    name: `canary ${report.application}`,
    tests: all.length,
    failures: tally('failure'),
    errors: tally('error'),
    skipped: tally('skipped'),
    time: (endedMillis - startedMillis) / 1000,
    timestamp: new Date(report.acceptedMillis).toISOString().slice(0, 19),
  };
  const body = [properties(report), ...all.map(testCase), ...warningsOf(report)].join('\n');
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n${element('testsuite', attributes, `\n${body}\n`)}\n</testsuites>\n`;
}

function runCases({ metrics, application }: RunReport): TestCase[] {
  return metrics.map((metric) => ({
    name: labelledName(metric),
    className: metric.groups.length === 0 ? application : metric.groups.join(', '),
    outcome: outcomeOf(metric),
  }));
}

function outcomeOf(metric: MetricReport): Outcome | undefined {
  const { standing, reason, whatIf, notes } = metric;
  const type = wordOf(metric);
  const message = reason === '' ? standing : reason;
  switch (standing) {
    case 'pass':
      return undefined;
    case 'critical failure':
    case 'failure':
      return { kind: 'failure', type, message, text: [message, ...whatIf, ...notes].join('\n') };
    case 'error':
      return { kind: 'error', type, message };
    default:
      return { kind: 'skipped', type, message };
  }
}

function analysisCases({ intervals, application }: AnalysisReport): TestCase[] {
  return intervals.map((interval) => ({
    name: `${intervalName(interval).toLowerCase()}${interval.window === undefined ? '' : `, ${formatWindow(interval.window.startMillis, interval.window.endMillis)}`}`,
    className: application,
    outcome: intervalOutcome(interval),
  }));
}

function intervalOutcome(interval: IntervalReport): Outcome | undefined {
  const { score, verdict, status, failure, coverage } = interval;
  if (failure !== undefined) return { kind: 'error', type: failure.code, message: failure.message };
  if (score === undefined) return { kind: 'skipped', type: status, message: verdictOf(undefined, status).text };
  if (verdict === 'Pass' && coverage?.overNothing) {
    return { kind: 'skipped', type: 'Pass', message: `${verdictOf(verdict, status, true).text}: ${coverage.text}.` };
  }
  if (verdict !== 'Fail') return undefined;
  return { kind: 'failure', type: 'Fail', message: `The score is ${formatNumber(score)}: ${failedIn(interval)}` };
}

/** A pass that says nothing is not a suite of passes alone. */
function overNothingCase({ verdict, status, coverage, headline, application }: Report): TestCase[] {
  if (verdict !== 'Pass' || !coverage?.overNothing) return [];
  const message = `${verdictOf(verdict, status, true).text}: ${headline}`;
  return [{ name: 'verdict', className: application, outcome: { kind: 'skipped', type: verdict, message } }];
}

/** A run or analysis without a verdict is an error, whatever its metrics say. */
function failureCase({ failure, application }: Report): TestCase {
  const { code = '', message = '', operation = '' } = failure ?? {};
  return { name: operation, className: application, outcome: { kind: 'error', type: code, message } };
}

function properties(report: Report): string {
  const { id, kind, verdict, score, thresholds, judge, config, headline, coverage } = report;
  const values = {
    id,
    kind,
    verdict,
    score,
    passThreshold: thresholds.pass,
    marginalThreshold: thresholds.marginal,
    judge,
    config: config.name ?? config.id,
    headline,
    judgedMetrics: coverage && `${coverage.judged} of ${coverage.of}`,
    ...(report.kind === 'run' && report.waiting.length > 0
      ? { waiting: report.waiting.map(waitingInWords).join('. ') }
      : {}),
    ...(report.kind === 'run' && report.history !== undefined
      ? { history: [report.history.text, ...report.history.windows.map(({ text }) => text)].join('. ') }
      : {}),
    ...(report.kind === 'run' && report.series.length > 0 ? { series: report.series.join('. ') } : {}),
  };
  const known = Object.entries(values).filter(([, value]) => value !== undefined);
  const drawn = known.map(([name, value]) => element('property', { name, value: String(value) }));
  return element('properties', {}, `\n${drawn.join('\n')}\n`);
}

/** In the order of the schema: after all test cases. */
function warningsOf({ warnings }: Report): string[] {
  return warnings.length === 0 ? [] : [element('system-out', {}, escaped(warnings.join('\n')))];
}

function testCase({ name, className, outcome }: TestCase): string {
  const attributes = { classname: className, name, time: 0 };
  if (outcome === undefined) return element('testcase', attributes);
  const { kind, type, message, text } = outcome;
  const told = kind === 'skipped' ? { message } : { type, message };
  return element('testcase', attributes, element(kind, told, text === undefined ? undefined : escaped(text)));
}

/** @param content XML */
function element(name: string, attributes: Record<string, string | number>, content?: string): string {
  const given = Object.entries(attributes)
    .map(([key, value]) => ` ${key}="${escaped(String(value)).replaceAll(/[\t\n\r]/g, ' ')}"`)
    .join('');
  return content === undefined ? `<${name}${given}/>` : `<${name}${given}>${content}</${name}>`;
}

/** XML 1.0 cannot contain most control characters, lone surrogates, U+FFFE and U+FFFF. */
function escaped(text: string): string {
  return visibleText(text)
    .replaceAll(/[\ufffe\uffff]/g, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
