import type { FetchParameters } from '../../../src/domain/metrics-provider.ts';

/** The request parameters that are query fields, if given; those in `lists` are comma-separated. */
export function queryFieldsIn(
  parameters: FetchParameters,
  { texts, lists = [] }: { readonly texts: readonly string[]; readonly lists?: readonly string[] },
): Record<string, string | string[]> {
  const given = (name: string) => parameters[name] !== undefined;
  return Object.fromEntries([
    ...texts.filter(given).map((name) => [name, parameters[name] ?? '']),
    ...lists.filter(given).map((name) => [name, parameters[name]?.split(',') ?? []]),
  ]);
}
