import type { Bar, Drawing } from './section.ts';

const [LEFT, PLOT, RIGHT, BAR, GAP, TOP] = [250, 420, 120, 14, 18, 46];
const WIDTH = LEFT + PLOT + RIGHT;

/** A mark of its own beside each colour's place, so that the drawing needs no colours to be read: the name of the judge. */
const STYLE = `
  text { font: 12px system-ui, sans-serif; fill: #1f2328; }
  .title { font-size: 14px; font-weight: 600; }
  .axis { stroke: #8c959f; stroke-width: 0.5; }
  .interval { stroke: #1f2328; stroke-width: 1; }
  .ours { fill: #0969da; } .other { fill: #afb8c1; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; }
    .interval { stroke: #e6edf3; }
    .ours { fill: #4493f8; } .other { fill: #57606a; }
  }
`;

/** Bars in percent with their 95 % intervals, as SVG that is readable on light and on dark pages. */
export function draw({ title, rows }: Drawing): string {
  let y = TOP;
  const parts: string[] = [];
  for (const { name, bars } of rows) {
    parts.push(text({ x: LEFT, y: y - 6, anchor: 'start' }, name));
    for (const bar of bars) {
      parts.push(barOf(bar, y));
      y += BAR + 4;
    }
    y += GAP + 8;
  }
  const height = y;
  const axis = [0, 25, 50, 75, 100].map((percent) => {
    const x = LEFT + (percent / 100) * PLOT;
    const line = `<line class="axis" x1="${x}" x2="${x}" y1="${TOP - 4}" y2="${height - GAP}"/>`;
    return line + text({ x, y: height - 4, anchor: 'middle' }, `${percent} %`);
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height + 4}" role="img" aria-label="${escaped(title)}">`,
    `<style>${STYLE}</style>`,
    `<text class="title" x="8" y="18">${escaped(title)}</text>`,
    ...axis,
    ...parts,
    '</svg>',
    '',
  ].join('\n');
}

function barOf({ judge, share, lower, upper }: Bar, y: number): string {
  const x = (value: number) => Number((LEFT + value * PLOT).toFixed(1));
  const middle = y + BAR / 2;
  const kind = isOurs(judge) ? 'ours' : 'other';
  return [
    text({ x: LEFT - 8, y: y + BAR - 3, anchor: 'end' }, judge),
    `<rect class="${kind}" x="${LEFT}" y="${y}" width="${Number((share * PLOT).toFixed(1))}" height="${BAR}"/>`,
    `<line class="interval" x1="${x(lower)}" x2="${x(upper)}" y1="${middle}" y2="${middle}"/>`,
    text({ x: x(upper) + 6, y: y + BAR - 3, anchor: 'start' }, `${(100 * share).toFixed(1)} %`),
  ].join('');
}

function isOurs(judge: string): boolean {
  return judge.startsWith('Haldane') || judge.startsWith('+');
}

interface Place {
  readonly x: number;
  readonly y: number;
  readonly anchor: 'start' | 'middle' | 'end';
}

function text({ x, y, anchor }: Place, words: string): string {
  return `<text x="${x}" y="${y}" text-anchor="${anchor}">${escaped(words)}</text>`;
}

function escaped(words: string): string {
  return words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
