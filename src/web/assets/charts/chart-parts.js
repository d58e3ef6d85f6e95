// @ts-check
// Pointer handling on charts, and the elements the script adds.

/**
 * What a pointer does to a chart; slots count from 0, shares are fractions of the width.
 *
 * @typedef {{ slotAt(share: number): number, point(slot: number): void, leave(): void,
 *   zoom(from: number, to: number): void, reset(): void }} Followed
 */

/** A move of the pointer shorter than this is a click. */
const DRAG_PIXELS = 5;
const SVG = 'http://www.w3.org/2000/svg';

/**
 * Hover, drag, double click.
 *
 * @param {HTMLElement} frame
 * @param {Followed} chart
 */
export function follow(frame, chart) {
  /** @type {number | undefined} */
  let begin;
  const selection = frame.appendChild(element('div', 'selection'));
  selection.hidden = true;
  /** @param {PointerEvent} event */
  const share = ({ clientX }) => {
    const { left, width } = frame.getBoundingClientRect();
    return Math.min(1, Math.max(0, (clientX - left) / width));
  };
  frame.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    begin = share(event);
    frame.setPointerCapture(event.pointerId);
  });
  frame.addEventListener('pointermove', (event) => {
    const at = share(event);
    chart.point(chart.slotAt(at));
    if (begin === undefined || Math.abs(at - begin) * frame.clientWidth < DRAG_PIXELS) return;
    selection.hidden = false;
    selection.style.left = `${100 * Math.min(begin, at)}%`;
    selection.style.width = `${100 * Math.abs(at - begin)}%`;
  });
  frame.addEventListener('pointerup', (event) => {
    if (begin !== undefined && !selection.hidden) {
      const [from, to] = [begin, share(event)].sort((one, other) => one - other).map((at) => chart.slotAt(at));
      chart.zoom(from ?? 0, to ?? 0);
    }
    stop();
  });
  const stop = () => {
    begin = undefined;
    selection.hidden = true;
  };
  frame.addEventListener('pointercancel', stop);
  frame.addEventListener('pointerleave', () => chart.leave());
  frame.addEventListener('dblclick', () => chart.reset());
}

/** @param {string} name @param {string} className */
export function element(name, className) {
  const made = document.createElement(name);
  made.className = className;
  return made;
}

/** @param {string} text @param {Record<string, string>} attributes */
export function svgText(text, attributes) {
  const made = document.createElementNS(SVG, 'text');
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.textContent = text;
  return made;
}
