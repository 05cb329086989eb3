import { byWord, words } from '#text/words.ts';
import { type KnownEffect, knownEffects } from '../known-effects.ts';
import type { PostgresNode } from './syntax.ts';

const DESTRUCTIVE: Readonly<Record<string, string>> = {
  DeleteStmt: 'DELETE removes rows',
  TruncateStmt: 'TRUNCATE removes all rows',
  [`DropStmt DropdbStmt DropRoleStmt DropOwnedStmt DropUserMappingStmt DropTableSpaceStmt
    DropSubscriptionStmt`]: 'DROP removes what it names',
  'ClusterStmt RepackStmt': 'this locks everyone out of a table and rewrites it',
};

const CHANGING: Readonly<Record<string, string>> = {
  InsertStmt: 'INSERT adds rows',
  UpdateStmt: 'UPDATE changes rows',
  MergeStmt: 'MERGE changes rows',
  LockingClause: 'FOR UPDATE and FOR SHARE lock rows',
  LockStmt: 'LOCK locks a table',
  [`CreateStmt CreateTableAsStmt CreateSchemaStmt CreateSeqStmt CreateStatsStmt CreateTrigStmt
    CreateEventTrigStmt CreateExtensionStmt CreateFdwStmt CreateForeignServerStmt
    CreateForeignTableStmt CreateFunctionStmt CreateOpClassStmt CreateOpFamilyStmt CreatePLangStmt
    CreatePolicyStmt CreateRangeStmt CreateRoleStmt CreateSubscriptionStmt CreateTableSpaceStmt
    CreateTransformStmt CreateUserMappingStmt CreateAmStmt CreateCastStmt CreateConversionStmt
    CreateDomainStmt CreateEnumStmt CreatePublicationStmt CreatedbStmt CompositeTypeStmt DefineStmt
    IndexStmt RuleStmt ViewStmt ImportForeignSchemaStmt`]: 'CREATE adds to the catalog',
  [`AlterTableStmt AlterCollationStmt AlterDatabaseRefreshCollStmt AlterDatabaseSetStmt
    AlterDatabaseStmt AlterDefaultPrivilegesStmt AlterDomainStmt AlterEnumStmt AlterEventTrigStmt
    AlterExtensionContentsStmt AlterExtensionStmt AlterFdwStmt AlterForeignServerStmt
    AlterFunctionStmt AlterObjectDependsStmt AlterObjectSchemaStmt AlterOpFamilyStmt
    AlterOperatorStmt AlterOwnerStmt AlterPolicyStmt AlterPublicationStmt AlterRoleSetStmt
    AlterRoleStmt AlterSeqStmt AlterStatsStmt AlterSubscriptionStmt AlterTableMoveAllStmt
    AlterTableSpaceOptionsStmt AlterTSConfigurationStmt AlterTSDictionaryStmt AlterTypeStmt
    AlterUserMappingStmt RenameStmt`]: 'ALTER changes what it names',
  AlterSystemStmt: 'ALTER SYSTEM changes the configuration',
  'GrantStmt GrantRoleStmt ReassignOwnedStmt': 'this changes who may do what',
  'CommentStmt SecLabelStmt': 'this changes the catalog',
  'VacuumStmt ReindexStmt RefreshMatViewStmt CheckPointStmt': 'this rewrites data on disk',
  'NotifyStmt ListenStmt UnlistenStmt': 'this changes who is notified',
};

/** Statements whose effect ends with the session. */
const OF_THE_SESSION: Readonly<Record<string, string>> = {
  'VariableSetStmt ConstraintsSetStmt DiscardStmt': 'this changes the settings of the session',
  TransactionStmt: 'this controls the transaction',
};

const EFFECTS = knownEffects({
  destructive: DESTRUCTIVE,
  change: { ...CHANGING, ...OF_THE_SESSION },
});

const SESSION = byWord(OF_THE_SESSION);

/**
 * Returns the known effect of a kind of statement, by its name in libpg-query; undefined if
 * unknown.
 */
export function effectOfStatement(type: string): KnownEffect | undefined {
  return EFFECTS.get(type);
}

/** Returns whether the effect of a kind of statement ends with its session. */
export function isOfTheSession({ type, fields }: PostgresNode): boolean {
  return SESSION.has(type) && !MEANINGFUL.test(String(fields.name));
}

/**
 * Settings that determine which functions later statements call, where strings end, and the
 * encoding.
 */
const MEANINGFUL =
  /search_path|_preload_|library_path|standard_conforming|escape_string|backslash|client_encoding/;

/** The kinds of nodes that cannot change anything by themselves. */
export const HARMLESS_NODES: ReadonlySet<string> = new Set(
  words(`SelectStmt ColumnRef A_Const A_Expr A_Star TypeCast TypeName String Integer Float Boolean
  BitString List ResTarget RangeVar JoinExpr RangeSubselect RangeFunction RangeTableSample
  RangeTableFunc RangeTableFuncCol SortBy WindowDef SubLink CaseExpr CaseWhen CoalesceExpr
  MinMaxExpr NullTest BooleanTest BoolExpr SQLValueFunction A_ArrayExpr A_Indices A_Indirection
  RowExpr GroupingFunc GroupingSet CommonTableExpr CTESearchClause CTECycleClause CollateClause XmlExpr XmlSerialize ParamRef
  NamedArgExpr FuncCall MultiAssignRef ColumnDef DefElem JsonFuncExpr JsonTable JsonTableColumn
  JsonTablePathSpec JsonValueExpr JsonIsPredicate JsonParseExpr JsonScalarExpr JsonSerializeExpr
  JsonObjectConstructor JsonArrayConstructor JsonArrayQueryConstructor JsonObjectAgg JsonArrayAgg
  JsonAggConstructor JsonKeyValue JsonArgument JsonBehavior JsonOutput JsonReturning JsonFormat`),
);
