/** Which points of a window a judge is given, and how gaps look. */
export interface SeriesShape {
  /**
   * `halfOpen`: points from the start up to, but not at, the end. `closed`: the window's true start and end are sent, and
   * every point the store answers counts; an hour at 60 s has 61 points in Prometheus.
   */
  readonly window: 'halfOpen' | 'closed';
  /** `kept`: NaN where a point is missing. `squeezed`: as Kayenta has them; most stores' missing points leave no trace. */
  readonly gaps: 'kept' | 'squeezed';
}

/** What every judge gets that does not say otherwise. */
export const USUAL_SERIES: SeriesShape = { window: 'halfOpen', gaps: 'kept' };

/**
 * What was done to a series, as attributes of the stored MetricSet. A store that Kayenta does not know always gives the
 * usual series.
 */
export interface SeriesAttributes {
  readonly window: SeriesShape['window'];
  /** `inner`: kept between the first and the last point, where Kayenta keeps those */
  readonly gaps: SeriesShape['gaps'] | 'inner';
  /** how many points of the window were missing and left out, when that is known and not 0 */
  readonly leftOut?: string;
}

/** Whether these attributes are of a series that was fetched as Kayenta fetches it. */
export function isAsKayenta(attributes: Readonly<Record<string, string>> | undefined): boolean {
  return attributes?.window === 'closed' || (attributes?.gaps ?? 'kept') !== 'kept';
}
