import { formatNumber } from '../../reports/format.ts';
import type { GroupReport } from '../../reports/group-report.ts';
import { type MetricReport, STANDINGS, type Standing } from '../../reports/metric-report.ts';
import type { Tone } from '../../reports/verdict.ts';
import { toneOf } from '../verdict-badge.ts';

/** What the list of metrics is divided by. */
export const DIVISIONS = ['outcome', 'group'] as const;
export type Division = (typeof DIVISIONS)[number];

/** A part of the list that can be folded. */
export interface Section {
  /** of its element */
  readonly id: string;
  readonly heading: string;
  /** beside the heading */
  readonly note: string;
  readonly tone: Tone;
  readonly metrics: readonly MetricReport[];
  readonly isFolded: boolean;
}

const HEADINGS: Readonly<Record<Standing, string>> = {
  'critical failure': 'Critical failures',
  failure: 'Failures',
  inconclusive: 'Inconclusive',
  error: 'Errors',
  'no data': 'No data',
  pass: 'Passes',
  muted: 'Muted',
  'not judged': 'Not judged',
};

/** With more metrics, what passed is folded where something else is there to read. */
const MOST_UNFOLDED = 30;
const FOLDED: readonly Standing[] = ['pass', 'muted', 'not judged'];

/** Most important first. @param groups of the same run */
export function sectionsOf(
  metrics: readonly MetricReport[],
  groups: readonly GroupReport[],
  by: Division,
): readonly Section[] {
  const sections = by === 'group' ? byGroup(metrics, groups) : byOutcome(metrics);
  const folds = metrics.length > MOST_UNFOLDED && sections.length > 1;
  return folds ? sections : sections.map((section) => ({ ...section, isFolded: false }));
}

function byOutcome(metrics: readonly MetricReport[]): Section[] {
  return STANDINGS.flatMap((standing) => {
    const own = metrics.filter((metric) => metric.standing === standing);
    if (own.length === 0) return [];
    const isFolded = FOLDED.includes(standing);
    const heading = HEADINGS[standing];
    return [{ id: standing.replace(' ', '-'), heading, note: '', tone: toneOf(standing), metrics: own, isFolded }];
  });
}

/** A metric of several groups stands in the first of them. */
function byGroup(metrics: readonly MetricReport[], groups: readonly GroupReport[]): Section[] {
  const byName = Map.groupBy(metrics, ({ groups: [first = ''] }) => first);
  const rank = (own: readonly MetricReport[]) => Math.min(...own.map(({ standing }) => STANDINGS.indexOf(standing)));
  return [...byName]
    .toSorted(([, one], [, other]) => rank(one) - rank(other))
    .map(([name, own], place) => {
      const group = groups.find((one) => one.name === name);
      const score = group === undefined || group.counted === 0 ? '' : `score ${formatNumber(group.score)}, `;
      const passed = own.filter(({ standing }) => standing === 'pass').length;
      return {
        id: `group-${place + 1}`,
        heading: name === '' ? 'In no group' : name,
        note: `${score}${passed} of ${own.length} passed`,
        tone: toneOf(STANDINGS[rank(own)] ?? 'not judged'),
        metrics: own,
        isFolded: own.every(({ standing }) => FOLDED.includes(standing)),
      };
    });
}
