import type { Template } from '#runbook/expression/template.ts';
import {
  engineOfUrl,
  isConsole,
  type ReachableText,
  textsReachable,
} from '#runbook/model/engines.ts';
import type { HttpBody } from '#runbook/model/http-request.ts';
import type { ProbeName } from '#runbook/model/probe-parameters.ts';
import type { Body, Effect, Engine, InputDefinition } from '#runbook/model/runbook.ts';
import { engineOfTarget, type TargetDefinition } from '#runbook/model/target-definition.ts';
import type { Json } from '#runbook/model/value.ts';
import { judgeScript } from './judge-script.ts';
import { judgeSql } from './judge-sql.ts';
import { type Judged, judged, judgedTogether } from './judged.ts';
import type { EffectParsers } from './parsers.ts';
import { PLAIN_HEADERS } from './plain-headers.ts';
import { known, type Reason, unsure } from './report.ts';
import { spanInFile } from './template-language.ts';

/** The inferred effect of a body, and the body with the effect of each of its texts. */
export type JudgedBody = Judged & { readonly body: Body };

/** The definitions that the effect of a body depends on. */
export type Around = {
  readonly targets: readonly TargetDefinition[];
  readonly inputs: readonly InputDefinition[];
};

/**
 * Infers the effect of a body: the worst of all texts that a server can be sent. With `isVouched`,
 * the author declares what is not proven to be a read to be one.
 */
export function judgeBody(
  body: Body,
  { targets, inputs }: Around,
  parsers: EffectParsers,
  isVouched = false,
): JudgedBody {
  switch (body.kind) {
    case 'shell':
      return { ...judgeScript(body, parsers, inputs), body };
    case 'http':
      return { ...judgeHttp(body), body };
    case 'probe': {
      const all = sqlOf(body, targets).map(({ text, engine }) => judgeSql(text, engine, parsers));
      return { ...(all.length === 0 ? judged([]) : judgedTogether(all)), body };
    }
    case 'sql':
      return judgeStatement(body, sqlOf(body, targets), parsers, isVouched);
  }
}

type Statement = Extract<Body, { kind: 'sql' }>;

/** Infers the effect of a statement from the texts that servers can be sent, as {@link judgeBody}. */
export function judgeStatement(
  body: Statement,
  texts: readonly ReachableText<Template>[],
  parsers: EffectParsers,
  isVouched = false,
): JudgedBody {
  const effects: Partial<Record<Engine, Effect>> = {};
  const all = texts.map(({ text, engine, sentTo }) => {
    const own = judgeSql(text, engine, parsers);
    for (const one of sentTo) {
      // An environment can make a target whose engine is open a console, whose SHOW is another one.
      const isOther = engine !== one && isConsole(one);
      effects[one] = effectOf(isOther ? judgeSql(text, one, parsers) : own, isVouched);
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

/** Returns every SQL text of a body that a server behind its target can be sent. */
export function sqlOf(
  body: Body,
  targets: readonly TargetDefinition[],
): readonly ReachableText<Template>[] {
  switch (body.kind) {
    case 'shell':
    case 'http':
      return [];
    case 'probe': {
      const { statement, url } = body.params;
      const any = RUNS_STATEMENT[body.probe] ? templateOf(statement) : undefined;
      const engine = engineOfUrl(templateOf(url)?.text ?? '');
      return textsReachable(any === undefined ? {} : { any }, engine);
    }
    case 'sql': {
      const target = targets.find(({ name }) => name === body.target);
      return textsReachable(body.texts, engineOfTarget(target));
    }
  }
}

/** Whether a probe runs a statement of the author. Otherwise it only reads. */
const RUNS_STATEMENT: Readonly<Record<ProbeName, boolean>> = {
  config: false,
  dns: false,
  tcp: false,
  tls: false,
  login: true,
  http: false,
};

function templateOf(written: Template | Json | undefined): Template | undefined {
  if (typeof written === 'string')
    return { text: written, span: { start: 0, end: 0 }, placeholders: [], origin: [] };
  return isTemplate(written) ? written : undefined;
}

function isTemplate(value: Template | Json | undefined): value is Template {
  return typeof value === 'object' && value !== null && 'placeholders' in value;
}

/**
 * Infers the effect of a request: GET and HEAD read, DELETE is destructive, all else is a change. A
 * header can make it another request.
 */
function judgeHttp({ method, url, headers }: HttpBody): Judged {
  const reads = method === 'GET' || method === 'HEAD';
  const whole = wholeOf(url);
  const own = reads
    ? []
    : method === 'DELETE'
      ? [known('destructive', 'DELETE removes what the URL names', whole)]
      : [known('change', `${method} may change what the URL names`, whole)];
  return judged([
    ...own,
    ...Object.entries(headers).flatMap(([name, value]) => judgeHeader(name, value, reads)),
  ]);
}

const PLAIN = new RegExp(`^(?:${PLAIN_HEADERS})$`, 'i');

/** Headers by which servers take a request for one with another method. */
const METHOD = /^x-(?:http-)?method(?:-override)?$/i;

function judgeHeader(name: string, value: Template, reads: boolean): readonly Reason[] {
  const span = wholeOf(value);
  if (METHOD.test(name)) {
    if (value.placeholders.length > 0) return [unsure(`${name} makes it another request`, span)];
    const method = value.text.trim().toUpperCase();
    if (method === 'DELETE') return [known('destructive', `${name} makes it a DELETE`, span)];
    return method === 'GET' || method === 'HEAD'
      ? []
      : [known('change', `${name} makes it another request`, span)];
  }
  return !reads || PLAIN.test(name)
    ? []
    : [unsure(`the header ${name} may make it another request`, span)];
}

function wholeOf(template: Template) {
  return spanInFile(template, { start: 0, end: template.text.length });
}
