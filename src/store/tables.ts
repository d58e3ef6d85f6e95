import type { ColumnType, Generated } from 'kysely';

/** Times are milliseconds since 1970. A `document` is JSON text, compressed where it may be large. */
export interface Tables {
  canary_config: { id: string; name: string; updated_at: number; document: string };
  /** Which names are taken in which application. */
  canary_config_application: { application: string; name: string; config_id: string };
  canary_execution: RunTable;
  metric_set_list: ObjectTable;
  metric_set_pair_list: ObjectTable;
  judge_comparison: ObjectTable;
  standalone_analysis: StandaloneAnalysisTable;
  callback_delivery: CallbackDeliveryTable;
  idempotency_key: { key: string; fingerprint: string; execution_id: string; created_at: number };
}

export interface ObjectTable {
  id: string;
  updated_at: number;
  document: Uint8Array;
}

/** The callback of a run or of an analysis: one of the two ids is there. */
export interface CallbackDeliveryTable {
  id: string;
  execution_id: string | null;
  analysis_id: string | null;
  url: string;
  status: string;
  /** how many tries there were */
  attempts: number;
  /** no try before */
  next_at: number | null;
  /** the last tries, as JSON text */
  log: string;
}

export interface StandaloneAnalysisTable {
  id: string;
  version: number;
  application: string;
  status: string;
  build_time: number;
  end_time: number | null;
  /** what was asked; never changes */
  request: ColumnType<Uint8Array, Uint8Array, never>;
  /** how far it has come: stages, exception, result, start */
  progress: Uint8Array;
}

export interface RunTable {
  id: string;
  application: string;
  canary_config_id: string;
  status: string;
  stage_status: string;
  build_time: number;
  start_time: number | null;
  end_time: number | null;
  metric_set_pair_list_id: string | null;
  verdict: string | null;
  score: number | null;
  exception: string | null;
  /** what was asked: config, request and accounts; never changes */
  request: ColumnType<Uint8Array, Uint8Array, never>;
  result: Uint8Array | null;
  /** how each query went */
  fetches: Uint8Array | null;
  /** how often somebody began to work on it */
  attempt: Generated<number>;
  /** until when, by the database's clock, it is the last attempt's */
  lease_until: number | null;
}
