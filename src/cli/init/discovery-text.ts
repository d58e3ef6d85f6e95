import { type Chosen, valuesText } from '../../engine/discovery/choose.ts';
import type { DiscoveredPack, Discovery } from '../../engine/discovery/discovery.ts';
import { printable } from '../terminal/text-table.ts';

const MOST_PACKS = 6;

/** What was found, for people. */
export function discoveryText(url: string, { metrics, packs }: Discovery): string {
  const head = `${url} has ${metrics} metrics.`;
  if (packs.length === 0) return `${head}\n`;
  const lines = packs.slice(0, MOST_PACKS).flatMap(packLines);
  const more = packs.length > MOST_PACKS ? [`  and ${packs.length - MOST_PACKS} more`] : [];
  return `${[head, '', 'Packs that match:', ...lines, ...more].map(printable).join('\n')}\n`;
}

function packLines({ id, name, metrics, of, versions, place, candidates, problem }: DiscoveredPack): string[] {
  const placed = place?.chosen === undefined ? '' : `, where ${place.label} is ${place.chosen}`;
  const others = candidates.slice(0, 3).map(({ label }) => label);
  return [
    `  ${id}: ${name}, ${metrics.length} of ${of} metrics`,
    ...(versions === undefined ? [] : [`    versions: ${valuesText(versions)}${placed}: ${versions.reason}`]),
    ...(versions?.arms === undefined ? [] : [`    ${armsText(versions.arms)}`]),
    ...(others.length === 0 ? [] : [`    or by ${others.join(', ')}: --label`]),
    ...(problem === undefined ? [] : [`    not yet: ${problem}`]),
  ];
}

function armsText({ baseline, canary, told }: { baseline: string; canary: string; told: string }): string {
  return `baseline ${baseline}, canary ${canary}: ${told}`;
}

/** The first command to try. */
export function firstCommand(config: string, { baseline, canary, location }: Chosen): string {
  const flags = [
    `--baseline ${quoted(baseline ?? '<baseline>')}`,
    `--canary ${quoted(canary ?? '<canary>')}`,
    ...(location === undefined ? [] : [`--location ${quoted(location)}`]),
  ];
  return `haldane gate ${quoted(config)} --local ${flags.join(' ')} --last 30m`;
}

function quoted(word: string): string {
  return /^[\w./:@%+=-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
