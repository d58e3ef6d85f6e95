import { count, formatNumber } from './format.ts';
import type { PassNeeds } from './group-report.ts';

const MOST_NAMES = 6;

/** "A pass needs all of: “a”, “b”; the score would then be 96." */
export function passNeedsInWords({ metrics, score }: PassNeeds): string {
  const then = `the score would then be ${formatNumber(score)}.`;
  const [only] = metrics;
  if (metrics.length === 1) return `A pass needs “${only}” to pass; ${then}`;
  const others = metrics.length - MOST_NAMES;
  const names = metrics.slice(0, MOST_NAMES).map((name) => `“${name}”`);
  return `A pass needs all of: ${names.join(', ')}${others > 0 ? ` and ${count(others, 'other')}` : ''}; ${then}`;
}
