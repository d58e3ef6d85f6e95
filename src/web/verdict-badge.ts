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

/** The verdict of a run or analysis, or its progress; see {@link verdictOf}. @param status in lower case */
export function verdictBadge(verdict: string | undefined, status: string, overNothing?: boolean): string {
  return badge({ ...verdictOf(verdict, status, overNothing), icon: verdictIcon(verdict, status, overNothing) });
}

/** The icon that says the same as the colour. */
export function verdictIcon(verdict: string | undefined, status: string, overNothing?: boolean): IconName {
  if (verdict === 'Pass' && overNothing) return 'empty';
  const word = verdict ?? status;
  return (Object.hasOwn(ICONS, word) ? ICONS[word] : undefined) ?? 'dash';
}

const TONES: Readonly<Record<Standing, Tone>> = {
  'critical failure': 'fail',
  failure: 'fail',
  inconclusive: 'marginal',
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

/** The colour of what became of a metric. */
export function toneOf(standing: Standing): Tone {
  return TONES[standing];
}

/** What the judge says of a metric; and whether it is critical or muted. */
export function metricBadge({ classification, standing, critical, muted, result }: MetricReport): string {
  const unjudged = { icon: standing === 'error' ? 'exclamation' : 'clock', text: 'Not judged' } as const;
  const label =
    classification === undefined ? unjudged : (uncompared(result) ?? ownWord(result) ?? LABELS[classification]);
  const tags = [...(critical ? ['critical'] : []), ...(muted ? ['muted'] : [])];
  return `${badge({ ...label, tone: TONES[standing] })}${tags.map((tag) => html`<span class="tag ${tag}">${tag}</span>`).join('')}`;
}

/** A word of the judge's own. */
function ownWord(result: MetricReport['result']): { icon: IconName; text: string } | undefined {
  const outcome = result?.evidence?.outcome;
  if (outcome === undefined) return undefined;
  return { icon: 'wave', text: result?.classification === 'Pass' ? `${outcome}, passes` : outcome };
}

/** A metric that must have data has some, but too little to be compared. */
function uncompared(result: MetricReport['result']): { icon: IconName; text: string } | undefined {
  return result?.evidence?.clause === 'requiredUntestable' ? { icon: 'exclamation', text: 'Not compared' } : undefined;
}

/** A sign and a word on a coloured ground. */
function badge({ tone, icon: name, text }: Badge): string {
  return html`<span class="badge ${tone}">!${icon(name)}${text}</span>`;
}
