import type { Tags } from '../../src/domain/values/tags.ts';
import { expandText } from '../shared/query/template.ts';
import { type GraphiteRequest, templateOf } from './query.ts';

/** A series as Graphite names it. */
export interface NamedSeries {
  readonly target: string;
  readonly tags?: Tags | null | undefined;
}

/** Makes the tags of a series, so that it pairs with its counterpart on the other side. */
export type TagsOf = (series: NamedSeries) => Tags;

/**
 * How the series of an answer are told apart. Names and tags have the values of the scope in them, which differ between
 * the sides: these are written as the variables they came from.
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
      // A name that is a set itself belongs to the one series a function made of the set.
      return (series) => (seriesCount === 1 && isSet(series.target) ? {} : several(series));
    }
  }
}

const BY_TAG = 'seriesByTag(';

/** Whether a target may stand for any number of series, which may be one by chance. */
function isSet(target: string): boolean {
  return target.includes(BY_TAG) || /[*?[{]/.test(target);
}

/** Replaces what the variables of the metric became by the variables; whole words only. */
function sidelessText(request: GraphiteRequest): (text: string) => string {
  const pieces = [...templateOf(request).matchAll(/\w*\$\{[^}]+\}\w*/g)].map(([piece]) => piece);
  const replacements = pieces
    .map((piece) => [expandText(piece, request), piece] as const)
    .filter(([value]) => value !== '')
    .sort(([one], [other]) => other.length - one.length)
    .map(([value, piece]) => [new RegExp(`(?<!\\w)${RegExp.escape(value)}(?!\\w)`, 'g'), piece] as const);
  return (text) => replacements.reduce((replaced, [value, piece]) => replaced.replace(value, () => piece), text);
}
