import type { SeriesSource } from '../../domain/series-labels.ts';
import type { TemplatePack } from '../../domain/template-pack.ts';
import type { DiscoveredPack, Discovery, PartialPack } from './discovery.ts';
import { type Look, withFixedLabels } from './fixed-labels.ts';
import { withFoundLabels } from './found-labels.ts';
import { hasLabelVariable, leftOut, matchPacks, type PackMatch, partialMatches, seriesOf } from './match-packs.ts';

/** Each costs a question. */
const MOST_PACKS = 10;

/**
 * What a store has: which packs match its metrics, and which label tells versions apart. Asks for the names of all
 * metrics, and for the series of one metric of each pack that matches.
 *
 * @param label the one that tells versions apart, where a pack leaves it open; absent: it is looked for
 */
export async function discover(
  source: SeriesSource,
  packs: readonly TemplatePack[],
  label?: string,
): Promise<Discovery> {
  const names = await source.names();
  const matches = matchPacks(packs, names).slice(0, MOST_PACKS);
  const found: DiscoveredPack[] = [];
  for (const match of matches) {
    const seenIn = tellingMetric(match);
    found.push(discoveredPack({ match, seenIn, series: await source.series(seenIn), label }));
  }
  const others = partialMatches(packs, names).map(partialPack);
  return { metrics: names.length, packs: found.sort(usableFirst), others };
}

function partialPack(match: PackMatch): PartialPack {
  const { id, name, metrics } = match.pack;
  return { id, name, metrics: match.metrics, of: metrics.length, left: leftOut(match) };
}

/** What a pack can be used for with these series of one of its metrics. Pure. */
export function discoveredPack(look: Look): DiscoveredPack {
  return hasLabelVariable(look.match.pack) ? withFoundLabels(look) : withFixedLabels(look);
}

/** Of its most important metric; counts rather than buckets, of which there are many. */
function tellingMetric({ pack, metrics }: PackMatch): string {
  const names = pack.metrics.filter(({ name }) => metrics.includes(name)).flatMap(seriesOf);
  return names.find((name) => !name.endsWith('_bucket')) ?? names[0] ?? '';
}

/** Those of which both sides are there, then those that could be. The order of matches stays otherwise. */
function usableFirst(one: DiscoveredPack, other: DiscoveredPack): number {
  return rankOf(one) - rankOf(other);
}

function rankOf({ versions, problem }: DiscoveredPack): number {
  if (problem === undefined && versions?.arms !== undefined) return 0;
  return problem === undefined ? 1 : 2;
}
