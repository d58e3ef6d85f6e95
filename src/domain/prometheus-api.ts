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
  query(parameters: URLSearchParams): Promise<PrometheusAnswer>;
  queryRange(parameters: URLSearchParams): Promise<PrometheusAnswer>;
  labels(parameters: URLSearchParams): Promise<PrometheusAnswer>;
  labelValues(label: string, parameters: URLSearchParams): Promise<PrometheusAnswer>;
  series(parameters: URLSearchParams): Promise<PrometheusAnswer>;
  metadata(parameters: URLSearchParams): Promise<PrometheusAnswer>;
  buildInfo(): Promise<PrometheusAnswer>;
}
