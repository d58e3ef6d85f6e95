/** A field's path for people: `metrics[2].query.expr`. */
export function fieldPath(path: readonly PropertyKey[]): string {
  return path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .replace(/^\./, '');
}

/** The value at a path such as `effectSize.allowedIncrease`; undefined where there is none. */
export function valueAt(whole: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((at, key) => {
    const isHere = typeof at === 'object' && at !== null && Object.hasOwn(at, key);
    return isHere ? (at as Record<string, unknown>)[key] : undefined;
  }, whole);
}
