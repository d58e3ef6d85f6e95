import { html } from 'ghtml';
import type { Scale } from '../../domain/value-scale.ts';
import { formatNumber } from '../../reports/format.ts';
import type { MetricReport } from '../../reports/metric-report.ts';
import type { ValueScale } from './plot-frame.ts';

/** A limit of the config as a line across the plot. */
interface LimitLine {
  readonly name: string;
  /** on the axis of the values */
  readonly at: number;
  readonly held: boolean;
}

/** The limits that have a place among the values; burn rates have none. */
export function limitLines({ result }: MetricReport): LimitLine[] {
  const lines = (result?.evidence?.limits ?? []).flatMap(({ name, at, held }) =>
    at !== undefined && Number.isFinite(at) ? [{ name, at, held }] : [],
  );
  return [...new Map(lines.map((line) => [`${line.name} ${line.at}`, line])).values()];
}

/** Limits further from the values than the values from each other are not drawn: they would flatten the rest. */
const FAR = 1;

/** Those that the scale makes room for. @param least of the values @param greatest of the values */
export function limitsNear(metric: MetricReport, least: number, greatest: number): number[] {
  const room = FAR * Math.max(greatest - least, (Math.abs(least) + Math.abs(greatest)) / 20);
  return limitLines(metric)
    .map(({ at }) => at)
    .filter((at) => at >= least - room && at <= greatest + room);
}

/** Across the plot; a limit that the canary does not keep to is drawn solid. */
export function drawnLimits(metric: MetricReport, y: ValueScale, width: number, from = -0.5): string {
  return limitLines(metric)
    .filter(({ at }) => isDrawn(at, y))
    .map(({ at, held }) => {
      return html`<path class="${held ? 'bound' : 'bound broken'}" d="M${from} ${Math.round(y(at))}h${width}"/>`;
    })
    .join('');
}

/** The key of every limit, and where one lies that is beyond the chart. */
export function limitKeys(metric: MetricReport, y: ValueScale, scale: Scale): string {
  return limitLines(metric)
    .map(({ name, at, held }) => {
      const words = `${LIMIT_WORDS[name] ?? name} ${formatNumber(Number((at * scale.factor).toPrecision(6)))}`;
      const where = isDrawn(at, y) ? '' : ', outside the chart';
      return html`<span class="${held ? 'key bound' : 'key bound broken'}">${words}${held ? '' : ', broken'}${where}</span>`;
    })
    .join('');
}

/** For a reader who does not see the lines. */
export function limitsInWords(metric: MetricReport): string {
  return limitLines(metric)
    .map(
      ({ name, at, held }) => ` Limit: ${LIMIT_WORDS[name] ?? name} ${formatNumber(at)}, ${held ? 'held' : 'broken'}.`,
    )
    .join('');
}

function isDrawn(at: number, y: ValueScale): boolean {
  const [low = 0, high = 0] = y.domain();
  return at >= low && at <= high;
}

const LIMIT_WORDS: Readonly<Record<string, string>> = {
  max: 'at most',
  min: 'at least',
  below: 'below',
  above: 'above',
  increase: 'increase to at most',
  increaseBy: 'increase to at most',
  decrease: 'decrease to at least',
  decreaseBy: 'decrease to at least',
};
