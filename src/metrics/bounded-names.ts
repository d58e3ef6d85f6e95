/** Stands for all names beyond the limit. */
export const OTHERS = 'other';

/**
 * The first so many names are told apart, for as long as the process lives; all others are one. Names come from
 * requests, and every one of them would be a series for ever.
 */
export function boundedNames(most: number): (name: string) => string {
  const known = new Set<string>();
  return (name) => {
    if (known.has(name)) return name;
    if (known.size >= most) return OTHERS;
    known.add(name);
    return name;
  };
}
