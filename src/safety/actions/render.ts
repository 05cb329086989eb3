import type { Scope } from '#runbook/expression/cel.ts';
import {
  missing,
  type Rendered,
  renderTemplate,
  renderText,
  type Template,
  textOf,
} from '#runbook/expression/template.ts';
import { engineName, isConsole, statementFor } from '#runbook/model/engines.ts';
import type { Body, Engine, Stdin } from '#runbook/model/runbook.ts';
import type { Json, Value } from '#runbook/model/value.ts';
import type { Action } from './action.ts';
import { type BoundSql, bindSql } from './bind-sql.ts';
import { renderConsoleCommand } from './console-command.ts';
import { jsonOf } from './json-of.ts';
import { renderPlace } from './place.ts';
import { quoteShell } from './quote-shell.ts';
import { renderHttp } from './render-http.ts';
import { renderJson } from './render-json.ts';
import { renderValue } from './render-value.ts';

type RenderOptions = {
  readonly readOnly: boolean;
  readonly timeoutMs: number;
  readonly engine: Engine | undefined;
};

/**
 * Renders a body into exactly what will run: bound values in SQL, quoted words in scripts. Returns
 * a reason if it cannot be rendered, or if a text that is not a read should run as one.
 */
export function renderAction(body: Body, scope: Scope, options: RenderOptions): Rendered<Action> {
  switch (body.kind) {
    case 'sql':
      return renderStatement(body, scope, options);
    case 'probe':
      return renderProbe(body, scope, options.timeoutMs);
    case 'http':
      return renderHttp(body, scope, options);
    case 'shell':
      return renderScript(body, scope, options);
  }
}

function renderStatement(
  { texts, effects, target }: Extract<Body, { kind: 'sql' }>,
  scope: Scope,
  { readOnly, timeoutMs, engine }: RenderOptions,
): Rendered<Action> {
  const template = statementFor(texts, engine);
  if (template === undefined)
    return { ok: false, reason: `this step has no statement for ${engine ?? 'this engine'}` };
  if (readOnly && (engine === undefined || effects[engine] !== 'read')) {
    const where = engine === undefined ? '' : ` on ${engineName(engine)}`;
    return { ok: false, reason: `this statement is not proven to only read${where}` };
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

function renderProbe(
  body: Extract<Body, { kind: 'probe' }>,
  scope: Scope,
  timeoutMs: number,
): Rendered<Action> {
  const params: Record<string, Json> = {};
  for (const [name, written] of Object.entries(body.params)) {
    const value = renderValue(written, scope);
    if (!value.ok) return value;
    params[name] = jsonOf(value.value);
  }
  return { ok: true, value: { kind: 'probe', probe: body.probe, params, timeoutMs } };
}

function renderScript(
  body: Extract<Body, { kind: 'shell' }>,
  scope: Scope,
  { readOnly, timeoutMs }: RenderOptions,
): Rendered<Action> {
  const place = body.place && renderPlace(body.place, scope);
  if (place?.ok === false)
    return { ok: false, reason: `the address of on: cannot be used: ${place.reason}` };
  const script = renderTemplate(body.script, scope, (value, placeholder) => {
    const words: readonly Value[] = Array.isArray(value) ? value : [value];
    if (words.includes(null)) return missing(placeholder);
    return { ok: true, value: words.map((word) => quoteShell(textOf(word))).join(' ') };
  });
  if (!script.ok) return script;
  const env: Record<string, string> = {};
  for (const [name, template] of Object.entries(body.env)) {
    const value = renderText(template, scope);
    if (!value.ok) return value;
    env[name] = value.value;
  }
  const cwd = optional(body.cwd, scope);
  if (!cwd.ok) return cwd;
  const stdin = stdinOf(body.stdin, scope);
  if (!stdin.ok) return stdin;
  return {
    ok: true,
    value: {
      kind: 'shell',
      target: body.target,
      ...(place === undefined ? {} : { place: place.value }),
      script: script.value,
      env,
      cwd: cwd.value,
      stdin: stdin.value,
      okExit: body.okExit,
      parse: body.parse,
      interactive: body.interactive,
      readOnly,
      timeoutMs,
    },
  };
}

function stdinOf(stdin: Stdin | undefined, scope: Scope): Rendered<string | undefined> {
  return stdin !== undefined && 'json' in stdin
    ? renderJson(stdin.json, scope)
    : optional(stdin, scope);
}

function optional(template: Template | undefined, scope: Scope): Rendered<string | undefined> {
  return template === undefined ? { ok: true, value: undefined } : renderText(template, scope);
}
