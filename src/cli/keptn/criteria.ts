/** Limits as ThresholdJudge reads them. */
export type KeptnBounds = Readonly<Record<string, number>>;

const FORM = /^(<=|>=|<|>|=)([+-]?)(\d+(?:\.\d*)?|\.\d+)(%?)$/;

/**
 * The limits of criteria that must all hold, such as `["<=+10%", "<600"]`. A sign or a percent sign compares with earlier
 * results; with both a sign and `<` or `>` the limit itself counts as held, which Keptn excludes.
 *
 * Source: `parseCriteriaString` of Keptn's lighthouse-service.
 *
 * @returns what is wrong, as a text, when one cannot be read
 */
export function boundsOf(criteria: readonly string[]): KeptnBounds | string {
  const bounds: Record<string, number> = {};
  for (const criterion of criteria) {
    const found = FORM.exec(criterion.replaceAll(' ', ''));
    if (found === null) return `"${criterion}" is no criterion; write one such as "<=+10%", "<600" or ">=99.5"`;
    const [, operator = '', sign = '', digits = '', percent = ''] = found;
    const value = Number(digits) * (percent === '' ? 1 : 0.01);
    const isRelative = sign !== '' || percent !== '';
    const signed = Number((sign === '-' ? -value : value).toPrecision(12));
    for (const [name, bound] of isRelative ? relative(operator, signed, percent) : absolute(operator, signed)) {
      bounds[name] = stricter(name, bounds[name], bound);
    }
  }
  return bounds;
}

type Bound = readonly [name: string, bound: number];

function absolute(operator: string, value: number): Bound[] {
  switch (operator) {
    case '<':
      return [['below', value]];
    case '<=':
      return [['max', value]];
    case '>':
      return [['above', value]];
    case '>=':
      return [['min', value]];
    default:
      return [
        ['max', value],
        ['min', value],
      ];
  }
}

/** At least 5 % less is a decrease of at most -5 %, from the other side. */
function relative(operator: string, value: number, percent: string): Bound[] {
  const by = percent === '' ? 'By' : '';
  const most: Bound = [`increase${by}`, value];
  const least: Bound = [`decrease${by}`, value === 0 ? 0 : -value];
  if (operator.startsWith('<')) return [most];
  return operator.startsWith('>') ? [least] : [most, least];
}

function stricter(name: string, one: number | undefined, other: number): number {
  if (one === undefined) return other;
  return name === 'min' || name === 'above' ? Math.max(one, other) : Math.min(one, other);
}

/** Whether any of them compares with earlier results. */
export function comparesWithEarlier(bounds: KeptnBounds): boolean {
  return Object.keys(bounds).some((name) => /^(in|de)crease/.test(name));
}
