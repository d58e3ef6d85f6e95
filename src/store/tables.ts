import type { ColumnType, Generated } from 'kysely';

/** Times are milliseconds since 1970. A `document` is JSON text, compressed where it may be large. */
export interface Tables {
  canary_config: { id: string; name: string; updated_at: number; document: string };
  /** What a config was; `id` is the config's and the number of the version. */
  canary_config_version: { id: string; config_id: string; version: number; updated_at: number; document: string };
  /** The config names taken in each application. */
  canary_config_application: { application: string; name: string; config_id: string };
  canary_execution: RunTable;
  metric_set_list: ObjectTable;
  metric_set_pair_list: ObjectTable;
  judge_comparison: ObjectTable;
  standalone_analysis: StandaloneAnalysisTable;
  callback_delivery: CallbackDeliveryTable;
  backtest: BacktestTable;
  access_token: TokenTable;
  audit_entry: AuditTable;
  /** What gates were asked about; `release` is JSON text. */
  gate_release: { key: string; version: number; asked_at: number; release: string };
  /** Which version of Haldane ran a migration. */
  store_version: { migration: string; version: string };
  idempotency_key: { key: string; fingerprint: string; execution_id: string; created_at: number };
}

/** Work that a process may die of: see `attempts.ts`. */
export interface AttemptColumns {
  /** the process that works on it, until it reports back */
  worker: Generated<string | null>;
  /** number of attempts whose process ended before it reported back */
  lost_attempts: Generated<number>;
}

/** Lists are JSON text; null: all. */
export interface TokenTable {
  id: string;
  name: string;
  /** of the whole token */
  hash: string;
  role: string;
  applications: string | null;
  accounts: string | null;
  created_at: number;
  created_by: string;
  expires_at: number | null;
  revoked_at: number | null;
  last_used_at: number | null;
}

export interface AuditTable {
  id: string;
  at: number;
  kind: string;
  who: string;
  what: string;
  object: string | null;
  address: string;
  status: number;
}

export interface ObjectTable {
  id: string;
  updated_at: number;
  document: Uint8Array;
}

/** The callback of a run or an analysis: one of the two ids is set. */
export interface CallbackDeliveryTable extends AttemptColumns {
  id: string;
  execution_id: string | null;
  analysis_id: string | null;
  url: string;
  status: string;
  /** number of attempts */
  attempts: number;
  /** earliest time of the next attempt */
  next_at: number | null;
  /** the latest attempts, as JSON text */
  log: string;
}

export interface StandaloneAnalysisTable extends AttemptColumns {
  id: string;
  version: number;
  application: string;
  status: string;
  build_time: number;
  end_time: number | null;
  /** the request; never changes */
  request: ColumnType<Uint8Array, Uint8Array, never>;
  /** the progress: stages, exception, result, start */
  progress: Uint8Array;
}

export interface BacktestTable extends AttemptColumns {
  id: string;
  application: string;
  canary_config_id: string | null;
  status: string;
  build_time: number;
  start_time: number | null;
  end_time: number | null;
  /** windows that have been looked at */
  windows_done: number;
  /** of these, those that the config's judge has judged, and called Fail */
  own_judged: Generated<number>;
  own_fails: Generated<number>;
  /** the request: config, time and options; never changes */
  request: ColumnType<Uint8Array, Uint8Array, never>;
  /** all that has been counted */
  tally: Uint8Array;
  exception: string | null;
  /** number of attempts so far */
  attempt: Generated<number>;
  /** end of the current attempt's lease, by the database's clock */
  lease_until: number | null;
}

export interface RunTable extends AttemptColumns {
  id: string;
  application: string;
  canary_config_id: string;
  status: string;
  stage_status: string;
  build_time: number;
  /** no worker takes the run before this; null: it did not wait for its window */
  waits_until: number | null;
  start_time: number | null;
  end_time: number | null;
  /** when an ended run was stored by a client; null: it ran here */
  imported_at: number | null;
  metric_set_pair_list_id: string | null;
  verdict: string | null;
  score: number | null;
  /** 1: nothing could be judged, or a side had no data; null: not judged, or by an older version */
  over_nothing: number | null;
  exception: string | null;
  /** the request: config, scopes and accounts; never changes */
  request: ColumnType<Uint8Array, Uint8Array, never>;
  result: Uint8Array | null;
  /** how each query went */
  fetches: Uint8Array | null;
  /** whom others told of the verdict: JSON text */
  deliveries: Generated<string | null>;
  /** number of attempts so far */
  attempt: Generated<number>;
  /** end of the current attempt's lease, by the database's clock */
  lease_until: number | null;
}
