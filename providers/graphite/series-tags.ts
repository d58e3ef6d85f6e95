import type { Tags } from '../../src/domain/values/tags.ts';
import { expandText } from '../shared/query/template.ts';
import { type GraphiteRequest, templateOf } from './query.ts';

/** A series with Graphite's name and tags. */
export interface NamedSeries {
  readonly target: string;
  readonly tags?: Tags | null | undefined;
}

/** Builds the tags of a series, so that it pairs with the same series on the other side. */
export type TagsOf = (series: NamedSeries) => Tags;

/**
 * How the series of an answer are identified. Names and tags contain values of the scope, which differ between the
 * sides: these are replaced by the variables they came from.
 */
export function tagsFor(request: GraphiteRequest, target: string, seriesCount: number): TagsOf {
  const sideless = sidelessText(request);
  const fromTags: TagsOf = ({ tags }) => {
    const { name, ...others } = tags ?? {};
    return Object.fromEntries(Object.entries(others).map(([tag, value]) => [tag, sideless(value)]));
  };
  const fromTarget: TagsOf = (series) => ({ target: sideless(series.target) });
  switch (request.query.tagFrom) {
    case 'tags':
      return fromTags;
    case 'target':
      return fromTarget;
    case 'none':
      return () => ({});
    default: {
      if (seriesCount === 1 && !isSet(target)) return () => ({});
      const several = target.includes(BY_TAG) ? fromTags : fromTarget;
      // A name that is itself a pattern belongs to the single series a function made of the pattern.
      return (series) => (seriesCount === 1 && isSet(series.target) ? {} : several(series));
    }
  }
}

const BY_TAG = 'seriesByTag(';

/** Whether a target can return several series, even if it returns just one now. */
function isSet(target: string): boolean {
  return target.includes(BY_TAG) || /[*?[{]/.test(target);
}

/** Replaces the values of the metric's variables by the variables; whole words only. */
function sidelessText(request: GraphiteRequest): (text: string) => string {
  const pieces = [...templateOf(request).matchAll(/\w*\$\{[^}]+\}\w*/g)].map(([piece]) => piece);
  const replacements = pieces
    .map((piece) => [expandText(piece, request, undefined), piece] as const)
    .filter(([value]) => value !== '')
    .sort(([one], [other]) => other.length - one.length)
    .map(([value, piece]) => [new RegExp(`(?<!\\w)${RegExp.escape(value)}(?!\\w)`, 'g'), piece] as const);
  return (text) => replacements.reduce((replaced, [value, piece]) => replaced.replace(value, () => piece), text);
}
