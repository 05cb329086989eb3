import { type KnownEffect, knownEffects } from '../known-effects.ts';

const DESTRUCTIVE: Readonly<Record<string, string>> = {
  pg_terminate_backend: 'ends a session',
  pg_promote: 'makes the standby a primary',
  pg_drop_replication_slot: 'drops a replication slot',
  pg_replication_slot_advance: 'skips changes a replica may still need',
  'pg_logical_slot_get_changes pg_logical_slot_get_binary_changes': 'consumes changes of a slot',
  lo_unlink: 'deletes a large object',
  pg_replication_origin_drop: 'drops a replication origin',
  pg_file_unlink: 'deletes a file of the server',
  pg_surgery_heap_force_kill: 'destroys rows',
  'heap_force_kill heap_force_freeze': 'forces rows dead or frozen',
};

const CHANGING: Readonly<Record<string, string>> = {
  pg_cancel_backend: 'cancels a statement of another session',
  'pg_reload_conf pg_rotate_logfile': 'signals the server',
  'nextval setval': 'moves a sequence',
  'set_config setseed': 'sets something for the session',
  'lo_creat lo_create lo_from_bytea lo_import lo_put lo_truncate lo_truncate64 lowrite':
    'writes a large object',
  lo_export: 'writes a file on the server',
  [`pg_advisory_lock pg_advisory_lock_shared pg_advisory_xact_lock pg_advisory_xact_lock_shared
    pg_try_advisory_lock pg_try_advisory_lock_shared pg_try_advisory_xact_lock
    pg_try_advisory_xact_lock_shared`]: 'takes a lock others may wait for',
  'pg_advisory_unlock pg_advisory_unlock_shared pg_advisory_unlock_all': 'gives a lock back',
  [`pg_stat_reset pg_stat_reset_shared pg_stat_reset_slru pg_stat_reset_replication_slot
    pg_stat_reset_single_function_counters pg_stat_reset_single_table_counters
    pg_stat_reset_subscription_stats pg_stat_reset_backend_stats pg_stat_statements_reset`]:
    'resets statistics',
  'pg_clear_attribute_stats pg_clear_relation_stats pg_restore_attribute_stats pg_restore_relation_stats':
    'changes the statistics of a table',
  'pg_switch_wal pg_switch_xlog pg_create_restore_point pg_logical_emit_message pg_log_standby_snapshot':
    'writes to the WAL',
  'pg_wal_replay_pause pg_wal_replay_resume pg_xlog_replay_pause pg_xlog_replay_resume':
    'pauses or resumes replay',
  'pg_backup_start pg_backup_stop pg_start_backup pg_stop_backup': 'starts or ends a backup',
  [`pg_create_physical_replication_slot pg_create_logical_replication_slot
    pg_copy_physical_replication_slot pg_copy_logical_replication_slot pg_sync_replication_slots`]:
    'creates a replication slot',
  [`pg_replication_origin_create pg_replication_origin_advance
    pg_replication_origin_session_setup pg_replication_origin_session_reset
    pg_replication_origin_xact_setup pg_replication_origin_xact_reset`]:
    'changes a replication origin',
  'txid_current pg_current_xact_id': 'uses up a transaction id',
  pg_notify: 'wakes up listeners',
  pg_export_snapshot: 'exports a snapshot',
  pg_log_backend_memory_contexts: 'writes to the server log',
  pg_import_system_collations: 'changes the catalog',
  'brin_summarize_new_values brin_summarize_range brin_desummarize_range gin_clean_pending_list':
    'rewrites parts of an index',
  'pg_prewarm autoprewarm_start_worker pg_buffercache_evict pg_buffercache_evict_all':
    'changes what is cached',
  'pg_truncate_visibility_map pg_file_write pg_file_rename pg_file_sync': 'writes files',
};

const EFFECTS = knownEffects({ destructive: DESTRUCTIVE, change: CHANGING });

/** Returns the known side effect of a function; undefined if there is none. */
export function effectOfFunction(name: string): KnownEffect | undefined {
  return EFFECTS.get(name);
}
