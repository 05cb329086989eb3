import type { Span } from '#runbook/yaml/source.ts';
import { known, type Reason, unsure } from '../report.ts';
import { judgeExpressions, type Place } from './judge-expressions.ts';
import { effectOfStatement, isOfTheSession } from './statements.ts';
import { listIn, nodesIn, type PostgresNode } from './syntax.ts';

/** The session of a statement: `held` and used afterwards, or its `own`, which ends with it. */
export type Session = 'held' | 'own';

/** The context of a statement. */
export type Around = Place & { readonly session: Session; readonly span: Span };

/** Returns the reasons against a read in a statement. */
export function judgeStatement(node: PostgresNode, around: Around): readonly Reason[] {
  switch (node.type) {
    case 'SelectStmt':
      return judgeExpressions(node, around);
    case 'VariableShowStmt':
      return [];
    case 'ExplainStmt':
      return judgeExplain(node, around);
    case 'CopyStmt':
      return judgeCopy(node, around);
    default:
  }
  if (around.session === 'own' && isOfTheSession(node) && !isPrepared(node)) return [];
  const effect = effectOfStatement(node.type);
  if (effect === undefined)
    return [unsure('this kind of statement is not known to only read', around.span)];
  const inner = judgeExpressions(node, around).filter(({ certain }) => certain);
  const text = worseThanItsKind(node);
  const own =
    text === undefined
      ? known(effect.effect, effect.text, around.span)
      : known('destructive', text, around.span);
  return [own, ...inner];
}

const EXPLAIN_OPTIONS =
  /^(?:analyze|verbose|costs|settings|generic_plan|buffers|serialize|wal|timing|summary|memory|format)$/;

function judgeExplain({ fields }: PostgresNode, around: Around): readonly Reason[] {
  const options = listIn(fields, 'options').flatMap(nodesIn);
  const unknown = unknownOption(options, EXPLAIN_OPTIONS);
  if (unknown !== undefined)
    return [unsure(`EXPLAIN with ${unknown} is not known to only read`, around.span)];
  const executes = options.some((one) => one.fields.defname === 'analyze' && !isOff(one));
  const [query] = nodesIn(fields.query);
  if (query === undefined) return [unsure('there is nothing to explain', around.span)];
  if (executes) return judgeStatement(query, around);
  return /^(?:Select|Insert|Update|Delete|Merge)Stmt$/.test(query.type)
    ? judgeExpressions(query, { ...around, onlyPlanned: true })
    : [unsure('explaining this is not known to only read', around.span)];
}

/** Tells whether an option is off. Without a value it is on. */
function isOff({ fields }: PostgresNode): boolean {
  const [value] = nodesIn(fields.arg);
  const given = value?.fields.sval ?? value?.fields.boolval ?? value?.fields.ival ?? 'on';
  return given === false || given === 0 || /^(?:false|off|0)$/i.test(String(given));
}

/** Returns the first unknown option: extensions can add options to statements. */
function unknownOption(options: readonly PostgresNode[], known: RegExp): string | undefined {
  const names = options.map(({ fields }) => String(fields.defname));
  return names.find((name) => !known.test(name));
}

const COPY_OPTIONS =
  /^(?:format|delimiter|null|header|quote|escape|force_quote|force_not_null|force_null|encoding|default|freeze|csv|binary)$/;

function judgeCopy(node: PostgresNode, around: Around): readonly Reason[] {
  const { fields } = node;
  if (fields.is_program === true) return [unsure('COPY runs a program', around.span)];
  if (fields.is_from === true) return [known('change', 'COPY FROM adds rows', around.span)];
  if (fields.filename !== undefined)
    return [known('change', 'COPY TO writes a file on the server', around.span)];
  const options = listIn(fields, 'options').flatMap(nodesIn);
  const format = nodesIn(options.find((one) => one.fields.defname === 'format')?.fields.arg)[0];
  const unknown =
    unknownOption(options, COPY_OPTIONS) ??
    (/^(?:text|csv|binary)$/i.test(String(format?.fields.sval ?? 'text'))
      ? undefined
      : 'this format');
  if (unknown !== undefined)
    return [unsure(`COPY with ${unknown} is not known to only read`, around.span)];
  return nodesIn(fields.query).flatMap((query) => judgeStatement(query, around));
}

/** Returns the reason why a statement is destructive while others of its kind are not. */
function worseThanItsKind({ type, fields }: PostgresNode): string | undefined {
  const options = [...listIn(fields, 'options'), ...listIn(fields, 'params')].flatMap(nodesIn);
  const has = (name: string) => options.some((one) => one.fields.defname === name && !isOff(one));
  if (type === 'VacuumStmt' && has('full'))
    return 'VACUUM FULL locks everyone out of a table and rewrites it';
  if (type === 'TransactionStmt' && fields.kind === 'TRANS_STMT_ROLLBACK_PREPARED')
    return 'ROLLBACK PREPARED throws a prepared transaction away';
  const parts = Object.values(fields).flatMap(nodesIn);
  const drops = parts.some((part) => /^AT_(?:Drop|Detach)/.test(String(part.fields.subtype)));
  if (type === 'AlterTableStmt' && drops) return 'ALTER TABLE … DROP removes what it names';
  if (type === 'MergeStmt' && parts.some((part) => part.fields.commandType === 'CMD_DELETE'))
    return 'MERGE … DELETE removes rows';
  return undefined;
}

/** Tells whether a statement is about a prepared transaction, which outlives the session. */
function isPrepared({ fields }: PostgresNode): boolean {
  return String(fields.kind).includes('PREPARE');
}
