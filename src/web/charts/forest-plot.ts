import { scaleLinear } from 'd3-scale';
import { html } from 'ghtml';
import type { EffectReport } from '../../reports/effect-report.ts';
import { effectInWords } from '../../reports/effect-words.ts';
import { formatChange } from '../../reports/format.ts';

const [WIDTH, HEIGHT, EDGE] = [240, 26, 10];
const MIDDLE = HEIGHT / 2;

/** The range of a forest plot on both sides of no change, shared by all rows: 0.5 is 50 %. */
export function forestReach(effects: readonly EffectReport[]): number {
  const ends = effects.flatMap(({ change, lower, upper, allowed }) =>
    [change, lower, upper, allowed?.increase, allowed?.decrease].flatMap((end) =>
      end === undefined || !Number.isFinite(end) ? [] : [Math.abs(end)],
    ),
  );
  const sorted = ends.toSorted((one, other) => one - other);
  // One extreme metric must not flatten all others: values beyond are drawn as an arrow.
  const most = sorted[Math.floor(sorted.length * 0.85)] ?? 0.2;
  return REACHES.find((reach) => reach >= most * 1.05) ?? 2;
}

const REACHES = [0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2];

/** The ends and the middle of the scale all rows share. */
export function forestAxis(reach: number): string {
  const x = scaleOf(reach);
  const texts = [-reach, 0, reach].map(
    (share) => html`<text x="${round(x(share))}" y="12" text-anchor="${anchorOf(share)}">${formatChange(share)}</text>`,
  );
  return html`<svg class="forest axis" viewBox="0 0 ${WIDTH} 16" aria-hidden="true">!${texts.join('')}</svg>`;
}

/** One row: the change with its interval, against no change and the allowed limits. */
export function forestRow(effect: EffectReport, reach: number): string {
  const x = scaleOf(reach);
  return html`<svg class="forest" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${effectInWords(effect)}">!${allowedZone(effect, x)}<path class="zero" d="M${x(0)} 0v${HEIGHT}"/>!${interval(effect, x, reach)}!${point(effect, x, reach)}</svg>`;
}

type Scale = (share: number) => number;

function scaleOf(reach: number): Scale {
  return scaleLinear([-reach, reach], [EDGE, WIDTH - EDGE]).clamp(true);
}

/** A side without a limit extends to the edge. */
function allowedZone({ allowed }: EffectReport, x: Scale): string {
  if (allowed === undefined) return '';
  const [left, right] = [allowed.decrease, allowed.increase];
  const from = left === undefined ? 0 : x(left);
  const to = right === undefined ? WIDTH : x(right);
  const limits = [left, right].flatMap((limit) => (limit === undefined ? [] : [`M${round(x(limit))} 2V${HEIGHT - 2}`]));
  const zone = html`<rect class="allowed" x="${round(from)}" width="${round(Math.max(0, to - from))}" y="2" height="${HEIGHT - 4}"/>`;
  return `${zone}${html`<path class="limit" d="${limits.join('')}"/>`}`;
}

function interval({ lower, upper }: EffectReport, x: Scale, reach: number): string {
  if (lower === undefined && upper === undefined) return '';
  const [from, to] = [lower ?? -Infinity, upper ?? Infinity];
  const line = html`<path class="interval" d="M${round(x(from))} ${MIDDLE}H${round(x(to))}"/>`;
  return `${line}${from < -reach ? head(x(-reach), -1) : ''}${to > reach ? head(x(reach), 1) : ''}`;
}

function point({ change }: EffectReport, x: Scale, reach: number): string {
  if (Math.abs(change) > reach) return head(x(change), Math.sign(change), 'point');
  return html`<circle class="point" cx="${round(x(change))}" cy="${MIDDLE}" r="4"/>`;
}

/** An arrow head where a line continues beyond the drawing. */
function head(at: number, direction: number, name = 'interval'): string {
  const size = name === 'point' ? 6 : 4;
  return html`<path class="${name} head" d="M${round(at + direction * size)} ${MIDDLE}l${-1.6 * size * direction} ${-size}v${2 * size}z"/>`;
}

function anchorOf(share: number): string {
  if (share === 0) return 'middle';
  return share < 0 ? 'start' : 'end';
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
