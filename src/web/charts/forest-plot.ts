import { scaleSymlog } from 'd3-scale';
import { html } from 'ghtml';
import type { EffectReport } from '../../reports/effect-report.ts';
import { effectInWords, otherMeans } from '../../reports/effect-words.ts';
import { formatChange } from '../../reports/format.ts';

const [WIDTH, HEIGHT, EDGE] = [240, 26, 10];
const MIDDLE = HEIGHT / 2;

/** The range of a forest plot on both sides of no change, shared by all rows: 0.5 is 50 %. */
export function forestReach(effects: readonly EffectReport[]): number {
  const ends = effects.flatMap(({ change, ofMeans, lower, upper, allowed }) =>
    [change, ofMeans, lower, upper, allowed?.increase, allowed?.decrease].flatMap((end) =>
      end === undefined || !Number.isFinite(end) ? [] : [Math.abs(end)],
    ),
  );
  const most = Math.max(0, ...ends);
  return REACHES.find((reach) => reach >= most) ?? MOST_REACH;
}

/** What is further out is an arrow: its value stands above it. */
const MOST_REACH = 10;
const REACHES = [0.1, 0.2, 0.5, 1, 2, 5, MOST_REACH];
/** The scale is linear below and logarithmic above, so that it has room for failures and still tells passes apart. */
const LINEAR_TO = 0.03;
const TICKS = [0.1, 1, 10];

/** The middle of the scale that all rows share, and some of its marks. */
export function forestAxis(reach: number): string {
  const x = scaleOf(reach);
  const marks = TICKS.some((tick) => tick <= reach / 2) ? TICKS.filter((tick) => tick <= reach) : [reach];
  // Nothing is less than none.
  const shares = [...marks.filter((mark) => mark <= 1).map((mark) => -mark), 0, ...marks];
  const texts = shares.map(
    (share) =>
      html`<text x="${placeOf(share / reach) ?? round(x(share))}" y="12" text-anchor="${anchorOf(share / reach)}">${formatChange(share)}</text>`,
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
  return scaleSymlog([-reach, reach], [EDGE, WIDTH - EDGE])
    .constant(LINEAR_TO)
    .clamp(true);
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

/** The estimate of the interval; and the change from mean to mean as a ring, where that is another. */
function point(effect: EffectReport, x: Scale, reach: number): string {
  const { change, ofMeans = change } = effect;
  const isApart = otherMeans(effect) !== undefined && Math.abs(x(ofMeans) - x(change)) > RADIUS;
  const ring = isApart ? html`<circle class="means" cx="${round(x(ofMeans))}" cy="${MIDDLE}" r="${RADIUS}"/>` : '';
  if (Math.abs(change) > reach) return `${ring}${head(x(change), Math.sign(change), 'point')}`;
  return `${ring}${html`<circle class="point" cx="${round(x(change))}" cy="${MIDDLE}" r="${RADIUS}"/>`}`;
}

const RADIUS = 4;

/** An arrow head where a line continues beyond the drawing. */
function head(at: number, direction: number, name = 'interval'): string {
  const size = name === 'point' ? 6 : 4;
  return html`<path class="${name} head" d="M${round(at + direction * size)} ${MIDDLE}l${-1.6 * size * direction} ${-size}v${2 * size}z"/>`;
}

/** Texts at the edges stay inside, and off those of the next mark. */
function anchorOf(part: number): string {
  if (placeOf(part) === undefined) return 'middle';
  return part < 0 ? 'start' : 'end';
}

function placeOf(part: number): number | undefined {
  if (Math.abs(part) < 0.9) return undefined;
  return part < 0 ? 0 : WIDTH;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
