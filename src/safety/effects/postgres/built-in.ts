import { words } from '#text/words.ts';

/** Types of `pg_catalog`, whose input functions and casts only compute. */
export const BUILT_IN_TYPES: ReadonlySet<string> = new Set(
  words(`
  aclitem bit bool box bpchar bytea char cid cidr circle date datemultirange daterange float4
  float8 inet int2 int2vector int4 int4multirange int4range int8 int8multirange int8range interval
  json jsonb jsonpath line lseg macaddr macaddr8 money name numeric nummultirange numrange oid
  oidvector path pg_lsn pg_node_tree pg_snapshot point polygon record refcursor regclass
  regcollation regconfig regdictionary regnamespace regoper regoperator regproc regprocedure
  regrole regtype text tid time timestamp timestamptz timetz tsmultirange tsquery tsrange
  tstzmultirange tstzrange tsvector txid_snapshot unknown uuid varbit varchar xid xid8 xml
`),
);

/** Operators of `pg_catalog`. */
export const BUILT_IN_OPERATORS: ReadonlySet<string> = new Set(
  words(`
  !~ !~* !~~ !~~* # ## #- #> #>> % & && &< &<| &> * *< *<= *<> *= *> *>= + - -> ->> -|- / < <-> <<
  <<= <<| <= <> <@ <^ = > >= >> >>= >^ ? ?# ?& ?- ?-| ?| ?|| @ @-@ @> @? @@ ^ ^@ | |&> |/ |>> ||
  ||/ ~ ~* ~<=~ ~<~ ~= ~>=~ ~>~ ~~ ~~*
`),
);

/** The parser's names of operators that are words. */
const WRITTEN_WITH_WORDS = /^(?:NOT )?BETWEEN(?: SYMMETRIC)?$/;

/** Functions of PostgreSQL that return rows rather than single values. */
const OF_ROWS = new Set(
  words(`
  aclexplode json_each json_each_text jsonb_each jsonb_each_text pg_available_extension_versions
  pg_available_extensions pg_available_wal_summaries pg_buffercache_summary
  pg_buffercache_usage_counts pg_config pg_control_checkpoint pg_control_init pg_control_recovery
  pg_control_system pg_extension_update_paths pg_get_aios
  pg_get_backend_memory_contexts pg_get_catalog_foreign_keys pg_get_keywords pg_get_loaded_modules
  pg_get_multixact_members pg_get_object_address pg_get_publication_tables
  pg_get_replication_slots pg_get_sequence_data pg_get_shmem_allocations
  pg_get_shmem_allocations_numa pg_get_wait_events pg_get_wal_resource_managers
  pg_get_wal_summarizer_state pg_hba_file_rules pg_ident_file_mappings pg_identify_object
  pg_identify_object_as_address pg_last_committed_xact pg_lock_status pg_ls_archive_statusdir
  pg_ls_logdir pg_ls_logicalmapdir pg_ls_logicalsnapdir pg_ls_replslotdir pg_ls_summariesdir
  pg_ls_tmpdir pg_ls_waldir pg_options_to_table pg_partition_tree pg_prepared_statement
  pg_prepared_xact pg_sequence_parameters pg_show_all_file_settings pg_show_all_settings
  pg_show_replication_origin_status pg_split_walfile_name pg_stat_file pg_stat_get_activity
  pg_stat_get_archiver pg_stat_get_backend_io pg_stat_get_backend_subxact pg_stat_get_backend_wal
  pg_stat_get_io pg_stat_get_progress_info pg_stat_get_recovery_prefetch
  pg_stat_get_replication_slot pg_stat_get_slru pg_stat_get_subscription
  pg_stat_get_subscription_stats pg_stat_get_wal pg_stat_get_wal_receiver pg_stat_get_wal_senders
  pg_stat_statements pg_stat_statements_info pg_timezone_names pg_visibility_map_summary
  pg_wal_summary_contents pg_walfile_name_offset pgrowlocks pgstatindex pgstattuple
  pgstattuple_approx
`),
);

/** Domains of `information_schema`, whose checks are PostgreSQL's own. */
const DOMAINS = new Set(
  words('cardinal_number character_data sql_identifier time_stamp yes_or_no'),
);

/** Returns whether a type, by its qualified name, is built in; for an array, its element type. */
export function isBuiltInType(names: readonly string[]): boolean {
  const [schema, name] = names.length === 1 ? ['pg_catalog', names[0] ?? ''] : names;
  if (name === undefined || names.length > 2) return false;
  if (schema === 'information_schema') return DOMAINS.has(name);
  return schema === 'pg_catalog' && BUILT_IN_TYPES.has(name.replace(/^_(?=.)/, ''));
}

/** Returns whether an operator, by its qualified name, is built in. */
export function isBuiltInOperator(names: readonly string[]): boolean {
  const [schema, name] = names.length === 1 ? ['pg_catalog', names[0] ?? ''] : names;
  if (name === undefined || names.length > 2 || schema !== 'pg_catalog') return false;
  return BUILT_IN_OPERATORS.has(name) || WRITTEN_WITH_WORDS.test(name);
}

/** Returns whether a function of PostgreSQL returns rows with several columns. */
export function returnsRows(name: string): boolean {
  return OF_ROWS.has(name);
}
