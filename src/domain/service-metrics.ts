/** Whom a value is about: this process, or the store that all replicas share. */
export type MetricOf = 'process' | 'store';

interface MetricShape {
  readonly type: 'counter' | 'gauge' | 'histogram';
  /** of a histogram, in seconds */
  readonly buckets?: readonly number[];
  readonly of: MetricOf;
  readonly labels: readonly string[];
  readonly help: string;
}

const WAITS = [0.1, 1, 5, 15, 60, 300, 1800] as const;
const REQUESTS = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60] as const;
const STATEMENTS = [0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5] as const;
const JUDGEMENTS = [0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 15] as const;

/**
 * What `/metrics` exposes besides the library's `process_*` and `nodejs_*`; names and units by
 * https://prometheus.io/docs/practices/naming/. The manual, docs/operations/metrics.md, has the same table.
 */
export const SERVICE_METRICS = {
  haldane_build_info: {
    ...{ type: 'gauge', of: 'process', labels: ['version', 'node_version', 'store'] },
    help: 'Always 1; which version runs, on which Node and which kind of store',
  },
  haldane_instance_enabled: {
    ...{ type: 'gauge', of: 'process', labels: [] },
    help: '1 while this process starts runs, 0 while it is drained',
  },
  haldane_runs_total: {
    ...{ type: 'counter', of: 'process', labels: ['application', 'status', 'verdict'] },
    help: 'Runs that this process ended. verdict: pass, marginal, fail, nodata (a pass over nothing), none (not judged)',
  },
  haldane_runs_unfinished: {
    ...{ type: 'gauge', of: 'store', labels: ['application', 'state'] },
    help: 'Runs that have not ended. state: queued, running, waiting (for the end of their window)',
  },
  haldane_run_queue_oldest_age_seconds: {
    ...{ type: 'gauge', of: 'store', labels: [] },
    help: 'How long the oldest run that is due has waited for a worker; 0 when none waits',
  },
  haldane_run_queue_wait_seconds: {
    ...{ type: 'histogram', of: 'process', labels: [], buckets: WAITS },
    help: 'From when a run was due until a worker took it',
  },
  haldane_run_fetch_duration_seconds: {
    ...{ type: 'histogram', of: 'process', labels: [], buckets: [0.1, 0.5, 1, 5, 15, 60, 300, 900] },
    help: 'All queries of a run, with waits and retries; failed ones included',
  },
  haldane_run_judge_duration_seconds: {
    ...{ type: 'histogram', of: 'process', labels: [], buckets: JUDGEMENTS },
    help: 'The judgement of a run; failed ones included',
  },
  haldane_account_requests_total: {
    ...{ type: 'counter', of: 'process', labels: ['account', 'type'] },
    help: 'Requests to a metrics account, retries included',
  },
  haldane_account_request_failures_total: {
    ...{ type: 'counter', of: 'process', labels: ['account', 'type', 'code'] },
    help: 'Requests to a metrics account that failed, by error code; CANCELED: nobody needed the answer any more',
  },
  haldane_account_request_duration_seconds: {
    ...{ type: 'histogram', of: 'process', labels: ['account', 'type'], buckets: REQUESTS },
    help: 'One request to a metrics account, from sending to the whole answer',
  },
  haldane_account_request_wait_seconds: {
    ...{ type: 'histogram', of: 'process', labels: ['account', 'type'], buckets: WAITS },
    help: 'How long a request waited for its turn: for a slot, for the rate, or for the end of a pause',
  },
  haldane_account_pauses_total: {
    ...{ type: 'counter', of: 'process', labels: ['account', 'type'] },
    help: 'How often a metrics store asked for a pause: it throttled, or said when to come back',
  },
  haldane_account_paused: {
    ...{ type: 'gauge', of: 'process', labels: ['account', 'type'] },
    help: '1 while nothing is sent to a metrics account, because its store asked for a pause',
  },
  haldane_account_requests_in_flight: {
    ...{ type: 'gauge', of: 'process', labels: ['account', 'type'] },
    help: 'Requests to a metrics account that are under way',
  },
  haldane_account_requests_waiting: {
    ...{ type: 'gauge', of: 'process', labels: ['account', 'type'] },
    help: 'Requests to a metrics account that wait for their turn',
  },
  haldane_store_up: {
    ...{ type: 'gauge', of: 'process', labels: [] },
    help: '1 when the store answered this scrape, or one a few seconds ago',
  },
  haldane_store_statement_duration_seconds: {
    ...{ type: 'histogram', of: 'process', labels: ['statement'], buckets: STATEMENTS },
    help: 'One statement to the store, by its kind: select, insert, update, delete, other',
  },
  haldane_store_statement_failures_total: {
    ...{ type: 'counter', of: 'process', labels: ['statement'] },
    help: 'Statements to the store that failed',
  },
  haldane_callback_attempts_total: {
    ...{ type: 'counter', of: 'process', labels: ['outcome'] },
    help: 'Attempts to deliver a callback. outcome: delivered, refused (another status), unanswered',
  },
  haldane_callbacks_total: {
    ...{ type: 'counter', of: 'process', labels: ['status'] },
    help: 'Callbacks that are done with. status: delivered, failed (no attempts left, or the receiver is gone)',
  },
  haldane_http_requests_total: {
    ...{ type: 'counter', of: 'process', labels: ['method', 'route', 'code'] },
    help: 'Requests answered, by the pattern of their route and the status of the answer',
  },
  haldane_http_request_duration_seconds: {
    ...{ type: 'histogram', of: 'process', labels: ['method', 'route'], buckets: REQUESTS },
    help: 'From the first byte of a request to the last of its answer, waits for a verdict and streams included',
  },
  haldane_http_errors_total: {
    ...{ type: 'counter', of: 'process', labels: ['error'] },
    help: 'Answers that were an error, by error code: refusals (PERMISSION_DENIED, RATE_LIMITED, ...) and failures',
  },
  haldane_event_streams: {
    ...{ type: 'gauge', of: 'process', labels: [] },
    help: 'Streams of events that are open',
  },
  haldane_audit_entries_total: {
    ...{ type: 'counter', of: 'process', labels: ['outcome'] },
    help: 'Entries of the audit. outcome: done, refused, failed',
  },
  haldane_audit_entries_lost_total: {
    ...{ type: 'counter', of: 'process', labels: [] },
    help: 'Entries of the audit that the store did not take; the log has them',
  },
} as const satisfies Readonly<Record<string, MetricShape>>;

type Table = typeof SERVICE_METRICS;
export type MetricName = keyof Table;
type NameOf<Type> = { [Name in MetricName]: Table[Name]['type'] extends Type ? Name : never }[MetricName];
export type CounterName = NameOf<'counter'>;
export type HistogramName = NameOf<'histogram'>;
export type GaugeName = NameOf<'gauge'>;
export type LabelsOf<Name extends MetricName> = Readonly<Record<Table[Name]['labels'][number], string>>;

/** Counts what happens. Every call is cheap, never fails, and waits for nothing. */
export interface Measure {
  count<Name extends CounterName>(name: Name, labels: LabelsOf<Name>): void;
  time<Name extends HistogramName>(name: Name, seconds: number, labels: LabelsOf<Name>): void;
}

/** Where nobody counts. */
export const UNMEASURED: Measure = { count: () => {}, time: () => {} };
