// @ts-check
// Charts are drawn by the server. This adds reading values and zooming, with the pointer and with slider
// keys. It also works in a file on disk, so it makes no requests.

import { changeOf, changeText, differenceText, scaledText } from './chart-changes.js';
import { element, follow, svgText } from './chart-parts.js';
import { durationText, niceTicks, pathOf, timeTicks } from './chart-scales.js';

/**
 * The data beside each chart: both sides by slot, null for a gap; times in milliseconds.
 *
 * @typedef {{ name: string, unit?: string, factor?: number, start: number[], step: number, lines: [number, number],
 *   difference?: [number, number], kind?: 'ratio', fences?: ([number, number] | null)[],
 *   control: (number | null)[], experiment: (number | null)[] }} Data
 */

const LEAST_SLOTS = 4;
const HEIGHT = 1000;
/** @type {WeakSet<Element>} */
const prepared = new WeakSet();

/** Those in closed metrics wait until they are opened. @param {Element} part */
function prepareIn(part) {
  for (const figure of part.querySelectorAll('figure.joint')) {
    const isHidden = figure.closest('details:not([open])') !== null;
    if (isHidden || prepared.has(figure)) continue;
    prepared.add(figure);
    prepare(figure);
  }
}

/** @param {Element} figure */
function prepare(figure) {
  const chart = new Chart(figure);
  for (const frame of figure.querySelectorAll('.frame.lines, .frame.difference')) {
    if (frame instanceof HTMLElement) follow(frame, chart);
  }
  const frame = figure.querySelector('.frame.lines');
  if (frame instanceof HTMLElement) chart.makeSlider(frame);
  chart.addTools();
}

class Chart {
  /** @param {Element} figure */
  constructor(figure) {
    this.figure = figure;
    /** @type {Data} */
    this.data = JSON.parse(figure.querySelector('script')?.textContent ?? '{}');
    this.slots = Math.max(this.data.control.length, this.data.experiment.length);
    this.from = 0;
    this.to = this.slots - 1;
    this.slot = -1;
    this.outputs = figure.querySelectorAll('.legend b');
    this.moment = figure.querySelector('.moment');
    /** @type {HTMLElement | undefined} */
    this.slider = undefined;
    this.cursors = [...figure.querySelectorAll('.frame.lines, .frame.difference')].map((frame) =>
      frame.appendChild(element('div', 'cursor')),
    );
    for (const cursor of this.cursors) cursor.hidden = true;
    /** @type {HTMLButtonElement[]} */
    this.buttons = [];
    /** The server's drawing, to return to. */
    this.drawn = [...figure.querySelectorAll('.plot, .axis')].map((part) => {
      const paths = [...part.querySelectorAll('.grid')].map((path) => path.getAttribute('d') ?? '');
      return { part, viewBox: part.getAttribute('viewBox'), texts: [...part.childNodes], paths };
    });
  }

  /** @param {HTMLElement} frame */
  makeSlider(frame) {
    const picture = frame.querySelector('svg');
    const label = picture?.getAttribute('aria-label') ?? this.data.name;
    picture?.setAttribute('aria-hidden', 'true');
    for (const [name, value] of Object.entries({ role: 'slider', tabindex: '0', 'aria-label': label }))
      frame.setAttribute(name, value);
    this.slider = frame;
    this.#tellSlider();
    frame.addEventListener('keydown', (event) => {
      if (!event.ctrlKey && !event.metaKey && !event.altKey && this.#key(event.key, event.shiftKey))
        event.preventDefault();
    });
    frame.addEventListener('focus', () => this.slot < 0 && this.point(this.from));
    frame.addEventListener('blur', () => this.leave());
  }

  addTools() {
    const tools = this.figure.querySelector('.tools');
    if (!(tools instanceof HTMLElement)) return;
    /** @type {[string, () => void][]} */
    const actions = [
      ['Zoom in', () => this.#scale(0.5)],
      ['Zoom out', () => this.#scale(2)],
      ['Whole window', () => this.reset()],
    ];
    this.buttons = actions.map(([text, act]) => {
      const button = /** @type {HTMLButtonElement} */ (element('button', 'tool'));
      button.type = 'button';
      button.textContent = text;
      button.addEventListener('click', act);
      return tools.appendChild(button);
    });
    tools.hidden = false;
    this.#enableTools();
  }

  /** @param {number} share of the width of the drawing */
  slotAt(share) {
    return Math.round(this.from - 0.5 + share * (this.to - this.from + 1));
  }

  /** Shows the values of a slot. @param {number} slot */
  point(slot) {
    this.slot = Math.min(this.to, Math.max(this.from, slot));
    const [control, experiment] = [this.data.control[this.slot], this.data.experiment[this.slot]];
    for (const [index, value] of [control, experiment].entries()) {
      const output = this.outputs[index];
      if (output !== undefined) output.textContent = this.#valueText(value, index);
    }
    if (this.moment !== null)
      this.moment.textContent = `${this.#time(this.slot)}${differenceText(this.data, this.slot)}`;
    const at = (this.slot - this.from + 0.5) / (this.to - this.from + 1);
    for (const cursor of this.cursors) {
      cursor.hidden = false;
      cursor.style.left = `${100 * at}%`;
    }
    this.#tellSlider();
  }

  /** The pointer is gone; who uses the keys still wants to see. */
  leave() {
    if (this.slider !== undefined && document.activeElement === this.slider && this.slider.matches(':focus-visible'))
      return;
    for (const cursor of this.cursors) cursor.hidden = true;
    for (const output of this.outputs) output.textContent = '';
    if (this.moment !== null) this.moment.textContent = '';
    this.slot = -1;
  }

  /** Shows some of the slots, and the values there from top to bottom. @param {number} from @param {number} to */
  zoom(from, to) {
    const middle = (from + to) / 2;
    const half = Math.max(to - from, LEAST_SLOTS - 1) / 2;
    this.from = Math.max(0, Math.round(middle - half));
    this.to = Math.min(this.slots - 1, Math.round(middle + half));
    if (this.from === 0 && this.to === this.slots - 1) return this.reset();
    const { control, experiment, lines, difference, kind } = this.data;
    const changes = control.map((value, slot) => changeOf(kind, experiment[slot], value));
    this.#redraw('lines', lines, [control, experiment], 5);
    if (difference !== undefined) this.#redraw('difference', difference, [changes], 3);
    this.#redrawTime();
    this.#enableTools();
    if (this.slot >= 0) this.point(this.slot);
  }

  reset() {
    this.from = 0;
    this.to = this.slots - 1;
    for (const { part, viewBox, texts, paths } of this.drawn) {
      if (viewBox !== null) part.setAttribute('viewBox', viewBox);
      part.replaceChildren(...texts);
      for (const [index, path] of part.querySelectorAll('.grid').entries()) path.setAttribute('d', paths[index] ?? '');
    }
    this.#enableTools();
    if (this.slot >= 0) this.point(this.slot);
  }

  /** @param {number} factor of how much is seen */
  #scale(factor) {
    const middle = this.slot >= 0 ? this.slot : (this.from + this.to) / 2;
    const half = ((this.to - this.from) * factor) / 2;
    this.zoom(Math.max(0, middle - half), Math.min(this.slots - 1, middle + half));
  }

  /** @param {string} key @param {boolean} isFar @returns {boolean} whether it means something here */
  #key(key, isFar) {
    const step = isFar ? Math.max(1, Math.round((this.to - this.from) / 10)) : 1;
    /** @type {Record<string, () => void>} */
    const actions = {
      ArrowLeft: () => this.point(this.slot - step),
      ArrowDown: () => this.point(this.slot - step),
      ArrowRight: () => this.point(this.slot + step),
      ArrowUp: () => this.point(this.slot + step),
      PageDown: () => this.point(this.slot - Math.ceil((this.to - this.from) / 10)),
      PageUp: () => this.point(this.slot + Math.ceil((this.to - this.from) / 10)),
      Home: () => this.point(this.from),
      End: () => this.point(this.to),
      '+': () => this.#scale(0.5),
      '=': () => this.#scale(0.5),
      '-': () => this.#scale(2),
      Escape: () => this.reset(),
      0: () => this.reset(),
    };
    const act = Object.hasOwn(actions, key) ? actions[key] : undefined;
    act?.();
    return act !== undefined;
  }

  #tellSlider() {
    const texts = [...this.outputs].map((output) => output.parentElement?.textContent ?? '');
    const now = Math.max(this.slot, 0);
    const values = { min: 0, max: this.slots - 1, now, text: [this.moment?.textContent, ...texts].join(', ') };
    for (const [name, value] of Object.entries(values)) this.slider?.setAttribute(`aria-value${name}`, String(value));
  }

  #enableTools() {
    const isWhole = this.from === 0 && this.to === this.slots - 1;
    const [zoomIn, ...others] = this.buttons;
    if (zoomIn !== undefined) zoomIn.disabled = this.to - this.from < LEAST_SLOTS;
    for (const button of others) button.disabled = isWhole;
  }

  /** @param {number | null | undefined} value @param {number} side */
  #valueText(value, side) {
    if (value === null || value === undefined) return 'no value';
    const fence = this.data.fences?.[side];
    const isOut = fence !== null && fence !== undefined && (value < fence[0] || value > fence[1]);
    const unit = this.data.unit === undefined ? '' : ` ${this.data.unit}`;
    return `${scaledText(this.data, value)}${unit}${isOut ? ' (outlier)' : ''}`;
  }

  /** @param {number} slot */
  #time(slot) {
    const { start, step } = this.data;
    if (start[0] !== start[1]) return `${durationText(slot * step)} after the start`;
    const moment = new Date((start[0] ?? 0) + slot * step);
    // Stored series may have any step, and any start.
    if (Number.isNaN(moment.getTime())) return `point ${slot + 1}`;
    return `${moment.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
  }

  /**
   * @param {string} name of the plot
   * @param {[number, number]} domain that the drawing is 1000 units of
   * @param {(number | null)[][]} series
   * @param {number} count of ticks
   */
  #redraw(name, [bottom, top], series, count) {
    const seen = series.flatMap((values) => values.slice(this.from, this.to + 1)).filter((value) => value !== null);
    if (seen.length === 0) return;
    const zero = name === 'difference' ? [0] : [];
    const ticks = niceTicks(Math.min(...seen, ...zero), Math.max(...seen, ...zero), count);
    const [least, greatest] = [ticks[0] ?? bottom, ticks.at(-1) ?? top];
    /** @param {number} value */
    const y = (value) => ((top - value) / (top - bottom)) * HEIGHT;
    const width = this.to - this.from + 1;
    const plot = this.figure.querySelector(`.plot.${name}`);
    const spread = name === 'lines' ? this.figure.querySelector('.plot.spread') : null;
    for (const [part, left, wide] of /** @type {[Element | null, number, number][]} */ ([
      [plot, this.from - 0.5, width],
      [spread, 0, 1000],
    ])) {
      part?.setAttribute('viewBox', `${left} ${y(greatest)} ${wide} ${y(least) - y(greatest)}`);
      const grid = ticks.map((tick) => `M${left} ${y(tick)}h${wide}`).join('');
      part?.querySelector('.grid')?.setAttribute('d', grid);
    }
    for (const [index, arm] of (plot?.querySelectorAll('.arm') ?? []).entries()) {
      arm.setAttribute('d', pathOf(series[index] ?? [], y));
    }
    const axis = this.figure.querySelector(`.axis.values.${name}`);
    axis?.replaceChildren(
      ...ticks.map((tick) => {
        const at = (greatest - tick) / (greatest - least);
        const text = name === 'difference' ? changeText(this.data, tick) : scaledText(this.data, tick);
        return svgText(text, { x: '100%', y: `${100 * at}%`, dy: '.32em' });
      }),
    );
  }

  #redrawTime() {
    const { start, step } = this.data;
    const together = start[0] === start[1];
    const origin = together ? (start[0] ?? 0) : 0;
    const [begin, length] = [origin + (this.from - 0.5) * step, (this.to - this.from + 1) * step];
    if (!(step > 0) || Number.isNaN(new Date(begin + length).getTime())) return;
    const texts = timeTicks(begin, length).map((tick) => {
      const text = together
        ? new Date(tick).toISOString().slice(11, length < 360_000 ? 19 : 16)
        : `+${durationText(tick)}`;
      return svgText(text, { x: `${(100 * (tick - begin)) / length}%`, y: '1.4em' });
    });
    this.figure.querySelector('.axis.time')?.replaceChildren(...texts);
  }
}

document.addEventListener('toggle', ({ target }) => target instanceof Element && prepareIn(target), true);
document.addEventListener('charts', ({ target }) => target instanceof Element && prepareIn(target));
prepareIn(document.body);
