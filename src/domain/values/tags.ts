export type Tags = Readonly<Record<string, string>>;

/** Equal for equal tags in any order. */
export function tagKey(tags: Tags): string {
  return JSON.stringify(Object.entries(tags).sort(([a], [b]) => (a < b ? -1 : 1)));
}
