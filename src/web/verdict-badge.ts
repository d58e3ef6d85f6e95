import { html } from 'ghtml';
import type { MetricReport, Standing } from '../reports/metric-report.ts';
import { type Tone, type VerdictWord, verdictOf } from '../reports/verdict.ts';
import type { IconName } from './icons.ts';
import { icon } from './icons.ts';

interface Badge extends VerdictWord {
  readonly icon: IconName;
}

const ICONS: Readonly<Record<string, IconName>> = {
  Pass: 'check',
  Marginal: 'wave',
  Fail: 'cross',
  not_started: 'clock',
  running: 'clock',
  terminal: 'exclamation',
  canceled: 'stop',
};

/** The verdict of a run or analysis, or its progress. @param status in lower case */
export function verdictBadge(verdict: string | undefined, status: string): string {
  return badge({ ...verdictOf(verdict, status), icon: verdictIcon(verdict, status) });
}

/** The icon that says the same as the colour. */
export function verdictIcon(verdict: string | undefined, status: string): IconName {
  const word = verdict ?? status;
  return (Object.hasOwn(ICONS, word) ? ICONS[word] : undefined) ?? 'dash';
}

const TONES: Readonly<Record<Standing, Tone>> = {
  'critical failure': 'fail',
  failure: 'fail',
  error: 'marginal',
  'no data': 'nodata',
  pass: 'pass',
  muted: 'nodata',
  'not judged': 'nodata',
};

const LABELS: Readonly<Record<NonNullable<MetricReport['classification']>, { icon: IconName; text: string }>> = {
  Pass: { icon: 'check', text: 'Pass' },
  High: { icon: 'up', text: 'High' },
  Low: { icon: 'down', text: 'Low' },
  Nodata: { icon: 'empty', text: 'No data' },
  NodataFailMetric: { icon: 'empty', text: 'No data' },
  Error: { icon: 'exclamation', text: 'Error' },
};

/** A metric's classification, and whether it is critical or muted. */
export function metricBadge({ classification, standing, critical, muted }: MetricReport): string {
  const unjudged = { icon: standing === 'error' ? 'exclamation' : 'clock', text: 'Not judged' } as const;
  const label = classification === undefined ? unjudged : LABELS[classification];
  const tags = [...(critical ? ['critical'] : []), ...(muted ? ['muted'] : [])];
  return `${badge({ ...label, tone: TONES[standing] })}${tags.map((tag) => html`<span class="tag ${tag}">${tag}</span>`).join('')}`;
}

/** An icon and a word on a coloured background. */
function badge({ tone, icon: name, text }: Badge): string {
  return html`<span class="badge ${tone}">!${icon(name)}${text}</span>`;
}
