import { MAX_NAMES, type MetricDescriptor, type MetricsProvider } from '../../domain/metrics-provider.ts';

/** The first names that contain `filter`, ignoring case; all of them if the store searched itself. */
export function pickNames(
  { searchedFields = ['name'] }: Pick<MetricsProvider, 'searchedFields'>,
  found: readonly MetricDescriptor[],
  filter: string,
): MetricDescriptor[] {
  const wanted = filter.toLowerCase();
  const textOf = (descriptor: MetricDescriptor) => searchedFields.map((field) => descriptor[field] ?? '').join(' ');
  const isWanted = (descriptor: MetricDescriptor) => textOf(descriptor).toLowerCase().includes(wanted);
  return (searchedFields.length === 0 ? found : found.filter(isWanted)).slice(0, MAX_NAMES);
}
