import { words } from '#text/words.ts';

/**
 * PostgreSQL's own functions that only compute or look something up. Volatility is not a criterion:
 * `pg_blocking_pids` and `now` differ in it, and a function that ends sessions may have either.
 */
const NAMES = `
  count sum avg min max any_value every bool_and bool_or bit_and bit_or bit_xor array_agg string_agg
  json_agg jsonb_agg json_agg_strict jsonb_agg_strict json_object_agg jsonb_object_agg
  json_object_agg_strict jsonb_object_agg_strict json_object_agg_unique jsonb_object_agg_unique
  corr covar_pop covar_samp regr_avgx regr_avgy regr_count regr_intercept regr_r2 regr_slope
  regr_sxx regr_sxy regr_syy stddev stddev_pop stddev_samp variance var_pop var_samp
  mode percentile_cont percentile_disc range_agg range_intersect_agg
  row_number rank dense_rank percent_rank cume_dist ntile lag lead first_value last_value nth_value

  abs cbrt ceil ceiling degrees div erf erfc exp factorial floor gamma lgamma gcd lcm ln log log10
  min_scale mod pi pow power radians round scale sign sqrt trim_scale trunc width_bucket random
  random_normal acos acosd asin asind atan atand atan2 atan2d cos cosd cot cotd sin sind tan tand
  sinh cosh tanh asinh acosh atanh numeric int2 int4 int8 float4 float8 bool money

  ascii bit_length btrim casefold char_length character_length chr concat concat_ws convert
  convert_from convert_to decode encode format initcap left length lower lpad ltrim md5 normalize
  is_normalized octet_length overlay parse_ident position quote_ident quote_literal quote_nullable
  regexp_count regexp_instr regexp_like regexp_match regexp_matches regexp_replace
  regexp_split_to_array regexp_split_to_table regexp_substr repeat replace reverse right rpad rtrim
  split_part starts_with string_to_array string_to_table strpos substr substring to_ascii to_bin
  to_hex to_oct translate unistr upper like_escape similar_to_escape similar_escape
  get_bit get_byte set_bit set_byte bit_count sha224 sha256 sha384 sha512 crc32 crc32c
  text varchar bpchar name

  age clock_timestamp date date_add date_bin date_part date_subtract date_trunc extract isfinite
  justify_days justify_hours justify_interval make_date make_interval make_time make_timestamp
  make_timestamptz now statement_timestamp timeofday timezone to_char to_date to_number
  to_timestamp transaction_timestamp overlaps interval timestamp timestamptz time timetz
  pg_sleep pg_sleep_for pg_sleep_until

  array_append array_cat array_dims array_fill array_length array_lower array_ndims array_position
  array_positions array_prepend array_remove array_replace array_reverse array_sample array_shuffle
  array_sort array_to_json array_to_string array_upper cardinality trim_array unnest
  generate_series generate_subscripts num_nonnulls num_nulls
  isempty lower_inc lower_inf upper_inc upper_inf range_merge multirange daterange int4range
  int8range numrange tsrange tstzrange enum_first enum_last enum_range

  json_array_elements json_array_elements_text json_array_length json_build_array
  json_build_object json_each json_each_text json_extract_path json_extract_path_text json_object
  json_object_keys json_populate_record json_populate_recordset json_strip_nulls json_to_record
  json_to_recordset json_typeof jsonb_array_elements jsonb_array_elements_text jsonb_array_length
  jsonb_build_array jsonb_build_object jsonb_each jsonb_each_text jsonb_extract_path
  jsonb_extract_path_text jsonb_insert jsonb_object jsonb_object_keys jsonb_path_exists
  jsonb_path_match jsonb_path_query jsonb_path_query_array jsonb_path_query_first
  jsonb_populate_record jsonb_populate_recordset jsonb_pretty jsonb_set jsonb_set_lax
  jsonb_strip_nulls jsonb_to_record jsonb_to_recordset jsonb_typeof row_to_json to_json to_jsonb

  abbrev broadcast family host hostmask inet_merge inet_same_family masklen netmask network
  set_masklen inet_client_addr inet_client_port inet_server_addr inet_server_port
  gen_random_uuid uuidv4 uuidv7 uuid_extract_timestamp uuid_extract_version
  plainto_tsquery phraseto_tsquery websearch_to_tsquery to_tsquery to_tsvector ts_rank ts_rank_cd
  ts_headline setweight strip numnode querytree

  current_catalog current_database current_query current_role current_schema current_schemas
  current_setting current_user session_user system_user user version getpgusername
  col_description obj_description shobj_description format_type to_regclass to_regcollation
  to_regnamespace to_regoper to_regoperator to_regproc to_regprocedure to_regrole to_regtype
  regclass oid aclexplode aclcontains acldefault makeaclitem row_security_active pg_has_role
  currval lastval icu_unicode_version unicode_version

  pg_available_extension_versions pg_available_extensions pg_backend_pid pg_basetype
  pg_blocking_pids pg_client_encoding pg_collation_actual_version pg_collation_for
  pg_column_compression pg_column_size pg_column_toast_chunk_id pg_conf_load_time pg_config
  pg_control_checkpoint pg_control_init pg_control_recovery pg_control_system pg_current_logfile
  pg_current_snapshot pg_current_wal_flush_lsn pg_current_wal_insert_lsn pg_current_wal_lsn
  pg_current_xact_id_if_assigned pg_database_collation_actual_version
  pg_database_size pg_describe_object pg_encoding_to_char pg_char_to_encoding
  pg_extension_update_paths pg_file_settings pg_filenode_relation pg_get_backend_memory_contexts
  pg_get_acl pg_get_catalog_foreign_keys pg_get_constraintdef pg_get_expr
  pg_get_function_arg_default pg_get_function_arguments pg_get_function_identity_arguments
  pg_get_function_result pg_get_function_sqlbody pg_get_functiondef pg_get_indexdef pg_get_keywords
  pg_get_loaded_modules pg_get_multixact_members pg_get_object_address
  pg_get_partition_constraintdef pg_get_partkeydef pg_get_publication_tables
  pg_get_replica_identity_index pg_get_replication_slots pg_get_ruledef pg_get_sequence_data
  pg_get_serial_sequence pg_get_shmem_allocations pg_get_statisticsobjdef pg_get_triggerdef
  pg_get_userbyid pg_get_viewdef pg_get_wait_events pg_get_wal_replay_pause_state
  pg_get_wal_resource_managers pg_get_wal_summarizer_state pg_get_aios
  pg_hba_file_rules pg_ident_file_mappings pg_identify_object pg_identify_object_as_address
  pg_index_column_has_property pg_index_has_property pg_indexam_has_property pg_indexes_size
  pg_is_in_backup pg_is_in_recovery pg_is_other_temp_schema
  pg_is_wal_replay_paused pg_is_xlog_replay_paused pg_isolation_test_session_is_blocked
  pg_jit_available pg_last_committed_xact pg_last_wal_receive_lsn pg_last_wal_replay_lsn
  pg_last_xact_replay_timestamp pg_last_xlog_receive_location pg_last_xlog_replay_location
  pg_listening_channels pg_lock_status pg_ls_archive_statusdir pg_ls_dir pg_ls_logdir
  pg_ls_logicalmapdir pg_ls_logicalsnapdir pg_ls_replslotdir pg_ls_summariesdir pg_ls_tmpdir
  pg_ls_waldir pg_my_temp_schema pg_notification_queue_usage pg_numa_available pg_options_to_table
  pg_partition_ancestors pg_partition_root pg_partition_tree pg_postmaster_start_time
  pg_prepared_statement pg_prepared_xact pg_relation_filenode pg_relation_filepath
  pg_relation_is_publishable pg_relation_is_updatable pg_relation_size
  pg_replication_origin_progress pg_safe_snapshot_blocking_pids pg_sequence_last_value
  pg_sequence_parameters pg_settings_get_flags pg_show_all_file_settings pg_show_all_settings
  pg_show_replication_origin_status pg_size_bytes pg_size_pretty pg_snapshot_xip pg_snapshot_xmax
  pg_snapshot_xmin pg_split_walfile_name pg_stat_clear_snapshot pg_stat_file pg_stat_have_stats
  pg_table_size pg_tablespace_databases pg_tablespace_location pg_tablespace_size
  pg_timezone_abbrevs pg_timezone_names pg_total_relation_size pg_trigger_depth pg_typeof
  pg_visible_in_snapshot pg_wal_lsn_diff pg_walfile_name pg_walfile_name_offset
  pg_xact_commit_timestamp pg_xact_status pg_xlog_location_diff pg_current_xlog_location
  pg_available_wal_summaries pg_wal_summary_contents mxid_age
  txid_current_if_assigned txid_current_snapshot txid_snapshot_xip txid_snapshot_xmax
  txid_snapshot_xmin txid_status txid_visible_in_snapshot

  array_to_tsvector get_current_ts_config json_to_tsvector jsonb_path_exists_tz jsonb_path_match_tz
  jsonb_path_query_array_tz jsonb_path_query_first_tz jsonb_path_query_tz jsonb_to_tsvector
  numnode ts_delete ts_filter tsquery_phrase tsvector_to_array xml_is_well_formed
  xml_is_well_formed_content xml_is_well_formed_document xmlagg xmlcomment xpath xpath_exists
  area box center circle diameter height isclosed isopen line lseg npoints path point polygon radius
  slope width hashtext int4multirange int8multirange nummultirange datemultirange tsmultirange
  tstzmultirange getdatabaseencoding oidvectortypes pg_column_is_updatable
  pg_get_shmem_allocations_numa pg_get_statisticsobjdef_columns
  pg_get_statisticsobjdef_expressions pg_mcv_list_items pg_replication_origin_oid
  pg_xact_commit_timestamp_origin to_regtypemod

  pg_stat_statements pg_stat_statements_info pgstattuple pgstattuple_approx pgstatindex
  pgrowlocks pg_freespace pg_buffercache_pages pg_buffercache_summary
  pg_buffercache_usage_counts pg_visibility_map_summary
`;

/** The suffixes of functions that start with `pg_stat_get_`. */
const STATISTICS = `
  activity analyze_count archiver autoanalyze_count autovacuum_count backend_activity
  backend_activity_start backend_client_addr backend_client_port backend_dbid backend_idset
  backend_io backend_pid backend_start backend_subxact backend_userid backend_wait_event
  backend_wait_event_type backend_wal backend_xact_start bgwriter_buf_written_clean
  bgwriter_maxwritten_clean bgwriter_stat_reset_time blocks_fetched blocks_hit buf_alloc
  checkpointer_buffers_written checkpointer_num_performed checkpointer_num_requested
  checkpointer_num_timed checkpointer_restartpoints_performed checkpointer_restartpoints_requested
  checkpointer_restartpoints_timed checkpointer_slru_written checkpointer_stat_reset_time
  checkpointer_sync_time checkpointer_write_time db_active_time db_blk_read_time db_blk_write_time
  db_blocks_fetched db_blocks_hit db_checksum_failures db_checksum_last_failure db_conflict_all
  db_conflict_bufferpin db_conflict_lock db_conflict_logicalslot db_conflict_snapshot
  db_conflict_startup_deadlock db_conflict_tablespace db_deadlocks db_idle_in_transaction_time
  db_numbackends db_parallel_workers_launched db_parallel_workers_to_launch db_session_time
  db_sessions db_sessions_abandoned db_sessions_fatal db_sessions_killed db_stat_reset_time
  db_temp_bytes db_temp_files db_tuples_deleted db_tuples_fetched db_tuples_inserted
  db_tuples_returned db_tuples_updated db_xact_commit db_xact_rollback dead_tuples function_calls
  function_self_time function_total_time ins_since_vacuum io last_analyze_time
  last_autoanalyze_time last_autovacuum_time last_vacuum_time lastscan live_tuples
  mod_since_analyze numscans progress_info recovery_prefetch replication_slot slru
  snapshot_timestamp subscription subscription_stats total_analyze_time total_autoanalyze_time
  total_autovacuum_time total_vacuum_time tuples_deleted tuples_fetched tuples_hot_updated
  tuples_inserted tuples_newpage_updated tuples_returned tuples_updated vacuum_count wal
  wal_receiver wal_senders backend_idset backend_pid xact_blocks_fetched xact_blocks_hit xact_function_calls
  xact_function_self_time xact_function_total_time xact_numscans xact_tuples_deleted
  xact_tuples_fetched xact_tuples_hot_updated xact_tuples_inserted xact_tuples_newpage_updated
  xact_tuples_returned xact_tuples_updated
`;

const FAMILY =
  /^(?:has_(?:any_column|column|database|foreign_data_wrapper|function|language|largeobject|parameter|schema|sequence|server|table|tablespace|type)_privilege|pg_(?:collation|conversion|function|opclass|operator|opfamily|statistics_obj|table|ts_config|ts_dict|ts_parser|ts_template|type)_is_visible)$/;

/** The names of the functions. Every overload of each only computes or looks something up. */
export const HARMLESS_FUNCTIONS: ReadonlySet<string> = new Set([
  ...words(NAMES),
  ...words(STATISTICS).map((name) => `pg_stat_get_${name}`),
]);

/** Returns whether a function of PostgreSQL itself only computes or looks something up. */
export function isHarmlessFunction(name: string): boolean {
  return HARMLESS_FUNCTIONS.has(name) || FAMILY.test(name);
}
