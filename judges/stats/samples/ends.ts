/** The smallest and the largest of the values that are not NaN, and how many there are; Infinity and -Infinity for none. */
export function endsOf(values: Float64Array): { readonly least: number; readonly most: number; readonly size: number } {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  let size = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (value < least) least = value;
    if (value > most) most = value;
    if (!Number.isNaN(value)) size++;
  }
  return { least, most, size };
}
