import type { Dialect } from './account.ts';

/**
 * Functions that act outside the transaction a statement runs in, or reach beyond the database. A read-only transaction
 * (PostgreSQL) or `readonly` (ClickHouse) stops everything else that writes. The role without these rights is the real
 * protection: README.md says which.
 */
const CALLS: Readonly<Record<Dialect, RegExp>> = {
  postgres:
    /^(dblink\w*|lo_(import|export|create|creat|unlink|put|from_bytea)|lowrite|pg_(terminate_backend|cancel_backend|reload_conf|rotate_logfile\w*|notify|logical_emit_message|promote|switch_wal|create_\w+|drop_\w+|copy_\w+|replication_\w+|logical_slot_\w+|wal_replay_\w+|backup_\w+|start_backup|stop_backup|stat_reset\w*|read_\w*file|ls_\w+|stat_file|(try_)?advisory_\w+|file_\w+|export_snapshot)|http(_\w+)?)$/i,
  clickhouse:
    /^(url|urlCluster|file|fileCluster|s3|s3Cluster|gcs|hdfs\w*|azureBlobStorage\w*|remote|remoteSecure|mysql|postgresql|mongodb|redis|sqlite|jdbc|odbc|executable|deltaLake\w*|hudi\w*|iceberg\w*|input|kafka|loop)$/i,
};

/** Settings of ClickHouse that keep a statement from writing, or its answer whole and in bounds. */
const KEPT_SETTINGS =
  /^(readonly|allow_\w+|max_(execution_time|result_\w+|rows_to_\w+|bytes_to_\w+|memory_\w+)|\w+_overflow_mode|skip_unavailable_shards|partial_result_\w+)$/i;

/** @param tokens of a statement, without blanks and comments @returns why it is not allowed */
export function sideEffectOf(tokens: readonly string[], dialect: Dialect): string | undefined {
  let inSettings = false;
  for (const [index, token] of tokens.entries()) {
    const name = token.replace(/^(["`])([\s\S]*)\1$/, '$2');
    const next = tokens[index + 1];
    if (next === '(' && CALLS[dialect].test(name)) {
      return `must only read its own database: it calls ${name}(), which reaches further`;
    }
    if (dialect !== 'clickhouse') continue;
    inSettings ||= /^settings$/i.test(token) && next !== '(' && next !== '.' && tokens[index + 2] === '=';
    if (inSettings && next === '=' && KEPT_SETTINGS.test(name)) {
      return `must not set ${name}: the account does; leave it out of SETTINGS`;
    }
  }
  return undefined;
}
