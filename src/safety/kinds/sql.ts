import type { Scope } from '#runbook/expression/cel.ts';
import { type Rendered, renderForPeople, type Template } from '#runbook/expression/template.ts';
import {
  dialectOf,
  engineName,
  isConsole,
  type ReachableText,
  statementFor,
  textsReachable,
} from '#runbook/model/engines.ts';
import type { BodyOf, Effect, Engine } from '#runbook/model/runbook.ts';
import { engineOfTarget } from '#runbook/model/target-definition.ts';
import { type Json, type Row, shownValue } from '#runbook/model/value.ts';
import { counted } from '#text/count.ts';
import {
  type BoundSql,
  bindForEach,
  bindSql,
  isForEach,
  type OriginMap,
} from '../actions/bind-sql.ts';
import { renderConsoleCommand } from '../actions/console-command.ts';
import { judgeSql } from '../effects/judge-sql.ts';
import { type Judged, judgedTogether } from '../effects/judged.ts';
import type { EffectParsers } from '../effects/parsers.ts';
import type { ActionRules, JudgedBody, RenderOptions } from './action-rules.ts';

/** An SQL statement with its values, exactly as it is sent to the server. */
export type SqlAction = {
  readonly kind: 'sql';
  readonly target: string;
  /** The statement with `$1`, `$2`, … */
  readonly text: string;
  readonly values: readonly Json[];
  /** True if it runs in a read-only transaction. */
  readonly readOnly: boolean;
  readonly timeoutMs: number;
  readonly origin: OriginMap;
  /** Set if it is sent once for each row of a preview; `values` then has those of all rows. */
  readonly each?: EachRow;
};

/** The rows for which a statement is sent, one after another. */
export type EachRow = {
  /** The rows, without volatile columns. */
  readonly rows: readonly Row[];
  /** The preview, read again before each row: one that it no longer lists is spared. */
  readonly again: Omit<SqlAction, 'each'>;
};

type SqlBody = BodyOf<'sql'>;

/** The rules of statements, and of commands of a console. */
export const sql: ActionRules<SqlBody, SqlAction> = {
  render: renderStatement,
  judge: (body, { targets }, parsers, isVouched) =>
    judgeStatement(body, sql.statements(body, targets), parsers, isVouched),
  statements: ({ target: name, texts }, targets) =>
    textsReachable(texts, engineOfTarget(targets.find((target) => target.name === name))),
  written: ({ texts }) => Object.values(texts)[0],
  tell: ({ texts }, scope, engine) => {
    const template = statementFor(texts, engine);
    const quoted = isConsole(engine) ? consoleName : sqlLiteral;
    return template === undefined ? '' : renderForPeople(template, scope, quoted);
  },
  show: ({ text, values, each }) => ({
    text,
    values: values.map(shownValue),
    ...(each && {
      each: values.length / each.rows.length,
      settings: [`sent once for each of ${counted(each.rows.length, 'row')}, ${STILL}`],
    }),
  }),
};

const STILL = 'if a look right before still finds it';

function renderStatement(
  { texts, effects, target }: SqlBody,
  scope: Scope,
  { readOnly, timeoutMs, engine, preview }: RenderOptions,
): Rendered<SqlAction> {
  const template = statementFor(texts, engine);
  if (template === undefined)
    return { ok: false, reason: `this step has no statement for ${engine ?? 'this engine'}` };
  if (readOnly && (engine === undefined || effects[engine] !== 'read')) {
    const where = engine === undefined ? '' : ` on ${engineName(engine)}`;
    return { ok: false, reason: `this statement is not proven to only read${where}` };
  }
  if (preview?.body.kind === 'sql' && isForEach(template)) {
    const options = { readOnly: true, timeoutMs, engine };
    const again = renderStatement(preview.body, scope, options);
    if (!again.ok) return again;
    const bound = bindForEach(template, scope, preview.volatile);
    if (!bound.ok) return bound;
    const { rows, ...sent } = bound.value;
    const each = { rows, again: again.value };
    return { ok: true, value: { kind: 'sql', target, ...sent, readOnly, timeoutMs, each } };
  }
  const bound = isConsole(engine) ? onConsole(template, scope) : bindSql(template, scope);
  if (!bound.ok) return bound;
  return { ok: true, value: { kind: 'sql', target, ...bound.value, readOnly, timeoutMs } };
}

function onConsole(template: Template, scope: Scope): Rendered<BoundSql> {
  const command = renderConsoleCommand(template, scope);
  return command.ok
    ? { ok: true, value: { text: command.value, values: [], origin: [] } }
    : command;
}

/** Infers the effect of a statement: the worst of all texts that servers can be sent. */
export function judgeStatement(
  body: SqlBody,
  texts: readonly ReachableText<Template>[],
  parsers: EffectParsers,
  isVouched = false,
): JudgedBody {
  const effects: Partial<Record<Engine, Effect>> = {};
  const all = texts.map(({ text, engine, sentTo }) => {
    const own = judgeSql(text, engine, parsers);
    for (const one of sentTo) {
      // Never by the catalog of another: an open engine can turn out to be any of them.
      const isSame = engine !== undefined && dialectOf(engine) === dialectOf(one);
      effects[one] = effectOf(isSame ? own : judgeSql(text, one, parsers), isVouched);
    }
    return own;
  });
  return { ...judgedTogether(all), body: { ...body, effects } };
}

/** Returns the effect that counts; a text with a problem is never a read. */
export function effectOf({ report, problems }: Judged, isVouched = false): Effect {
  const { effect, certain } = report;
  if (problems.length > 0) return effect === 'read' ? 'change' : effect;
  return isVouched && !certain ? 'read' : effect;
}

/** As {@link sqlLiteral}, for a console. */
function consoleName(text: string): string {
  return text.includes('"') ? text : `"${text}"`;
}

/** A doubled quote could hide a secret from its mask: such a text stays as it is. */
function sqlLiteral(text: string): string {
  return text.includes("'") ? text : `'${text}'`;
}
