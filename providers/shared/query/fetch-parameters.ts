import type { FetchParameters } from '../../../src/domain/metrics-provider.ts';

/** The parameters of a request that are fields of a query, where they are given; the `lists` have commas in them. */
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
