import { html } from 'ghtml';
import type { MetricReport, Standing } from '../../reports/metric-report.ts';
import type { IconName } from '../icons.ts';
import { badge, type Tone } from '../verdict-badge.ts';

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

/** What the judge says of a metric; and whether it is critical or muted. */
export function metricBadge({ classification, standing, critical, muted }: MetricReport): string {
  const unjudged = { icon: standing === 'error' ? 'exclamation' : 'clock', text: 'Not judged' } as const;
  const label = classification === undefined ? unjudged : LABELS[classification];
  const tags = [...(critical ? ['critical'] : []), ...(muted ? ['muted'] : [])];
  return `${badge({ ...label, tone: TONES[standing] })}${tags.map((tag) => html`<span class="tag ${tag}">${tag}</span>`).join('')}`;
}
