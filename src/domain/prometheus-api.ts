/** An answer of Prometheus' HTTP API, https://prometheus.io/docs/prometheus/latest/querying/api/#format-overview. */
export interface PrometheusAnswer {
  readonly status: 'success';
  readonly data: unknown;
  /** what was left out, a sentence each; absent: nothing */
  readonly warnings?: readonly string[];
}

/**
 * The stored runs as time series, read through the HTTP API of Prometheus. Parameters are those of its documentation,
 * from the query string and from a form.
 *
 * @throws CanaryError REQUEST_INVALID for parameters and queries that cannot be answered
 */
export interface PrometheusApi {
  query(asked: PrometheusAsked): Promise<PrometheusAnswer>;
  queryRange(asked: PrometheusAsked): Promise<PrometheusAnswer>;
  labels(asked: PrometheusAsked): Promise<PrometheusAnswer>;
  labelValues(asked: PrometheusAsked, label: string): Promise<PrometheusAnswer>;
  series(asked: PrometheusAsked): Promise<PrometheusAnswer>;
  metadata(asked: PrometheusAsked): Promise<PrometheusAnswer>;
  buildInfo(): Promise<PrometheusAnswer>;
}

export interface PrometheusAsked {
  readonly parameters: URLSearchParams;
  /** whose runs may be seen; absent: those of all applications */
  readonly applications?: readonly string[] | undefined;
}
