import type { Template } from '#runbook/expression/template.ts';
import { ENGINES, engineOfUrl, statementFor } from '#runbook/model/engines.ts';
import type {
  Body,
  Engine,
  InputDefinition,
  SqlTexts,
  TargetDefinition,
} from '#runbook/model/runbook.ts';
import type { Json } from '#runbook/model/value.ts';
import { judgeHttp } from './judge-http.ts';
import { judgeScript } from './judge-script.ts';
import { judgeSql } from './judge-sql.ts';
import { type Judged, judged } from './judged.ts';
import type { EffectParsers } from './parsers.ts';

/** Infers the effect of a body, for every engine it may run on. */
export function judgeBody(
  body: Body,
  targets: readonly TargetDefinition[],
  parsers: EffectParsers,
  inputs: readonly InputDefinition[],
): Judged {
  if (body.kind === 'shell') return judgeScript(body, parsers, inputs);
  if (body.kind === 'http') return judgeHttp(body);
  const engine = engineOf(body, targets);
  const all =
    body.kind === 'sql'
      ? textsFor(body.texts, engine).map((text) => judgeSql(text.template, text.engine, parsers))
      : statementOf(body.params.statement).map((text) => judgeSql(text, engine, parsers));
  return judged(
    all.flatMap(({ report }) => report.because),
    all.flatMap(({ problems }) => problems),
  );
}

/** Returns the engine of a body, if the runbook declares it or the URL starts with it. */
export function engineOf(body: Body, targets: readonly TargetDefinition[]): Engine | undefined {
  if (body.kind === 'shell' || body.kind === 'http') return undefined;
  if (body.kind === 'probe') return schemeOf(body.params.url);
  const target = targets.find(({ name }) => name === body.target);
  return target?.kind === 'database' ? (target.engine ?? schemeOf(target.database)) : undefined;
}

function schemeOf(url: Template | Json | undefined): Engine | undefined {
  const text = isTemplate(url) ? url.text : url;
  return typeof text === 'string' ? engineOfUrl(text) : undefined;
}

type TextFor = { readonly template: Template; readonly engine: Engine | undefined };

/** Returns the texts that a target with this engine may run. */
export function textsFor(texts: SqlTexts, engine: Engine | undefined): readonly TextFor[] {
  const template = statementFor(texts, engine);
  if (template !== undefined) return [{ template, engine }];
  if (engine !== undefined) return [];
  return ENGINES.flatMap((one) => {
    const own = texts[one];
    return own === undefined ? [] : [{ template: own, engine: one }];
  });
}

function statementOf(statement: Template | Json | undefined): readonly Template[] {
  if (isTemplate(statement)) return [statement];
  if (typeof statement !== 'string') return [];
  const span = { start: 0, end: 0 };
  return [{ text: statement, span, placeholders: [], origin: [] }];
}

function isTemplate(value: Template | Json | undefined): value is Template {
  return typeof value === 'object' && value !== null && 'placeholders' in value;
}
