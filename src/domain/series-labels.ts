/** The labels of one series, by name. */
export type SeriesLabels = Readonly<Record<string, string>>;

/** What a store has, for those who look for something to judge. */
export interface SeriesSource {
  /** the names of all metrics */
  names(): Promise<readonly string[]>;
  /** the labels of series of a metric that had points lately; not all of very many */
  series(metric: string): Promise<readonly SeriesLabels[]>;
}
