import type { Scope } from '#runbook/expression/cel.ts';
import {
  missing,
  type Rendered,
  renderForPeople,
  renderTemplate,
  renderText,
  type Template,
  textOf,
} from '#runbook/expression/template.ts';
import type { BodyOf, Parse, Stdin } from '#runbook/model/runbook.ts';
import type { Value } from '#runbook/model/value.ts';
import { type Place, renderPlace } from '../actions/place.ts';
import { quoteShell } from '../actions/quote-shell.ts';
import { renderJson } from '../actions/render-json.ts';
import { judgeScript } from '../effects/judge-script.ts';
import type { ActionRules, RenderOptions, ShownParts } from './action-rules.ts';

/** A script, exactly as it is passed to bash. */
export type ShellAction = {
  readonly kind: 'shell';
  readonly target: string;
  /** The address, if the step gives it itself. */
  readonly place?: Place;
  readonly script: string;
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string | undefined;
  readonly stdin: string | undefined;
  readonly okExit: readonly number[];
  readonly parse: Parse;
  /** True if the script uses the operator's terminal while it runs. */
  readonly interactive: boolean;
  /**
   * True if it only reads: if it is ended midway it has failed; otherwise its outcome is unknown.
   */
  readonly readOnly: boolean;
  readonly timeoutMs: number;
};

type ShellBody = BodyOf<'shell'>;

/** The rules of scripts. */
export const shell: ActionRules<ShellBody, ShellAction> = {
  render: renderScript,
  judge: (body, { inputs }, parsers) => ({ ...judgeScript(body, parsers, inputs), body }),
  statements: () => [],
  written: ({ script }) => script,
  tell: ({ script }, scope) => renderForPeople(script, scope, quoteShell),
  show: shownScript,
};

function renderScript(
  body: ShellBody,
  scope: Scope,
  { readOnly, timeoutMs }: RenderOptions,
): Rendered<ShellAction> {
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

function shownScript({ script, env, cwd, stdin, ...how }: ShellAction): ShownParts {
  const { okExit, parse, interactive } = how;
  const isZero = okExit.length === 1 && okExit[0] === 0;
  return {
    text: script,
    values: Object.entries(env).map(([name, value]) => `${name}=${value}`),
    ...(cwd === undefined ? {} : { cwd }),
    ...(stdin === undefined ? {} : { stdin }),
    settings: [
      ...(interactive ? ['has this terminal while it runs'] : []),
      ...(isZero ? [] : [`exit codes ${okExit.join(', ')} succeed`]),
      ...(parse === 'text' ? [] : [`output read as ${parse}`]),
    ],
  };
}
