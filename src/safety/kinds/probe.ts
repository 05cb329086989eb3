import type { Scope } from '#runbook/expression/cel.ts';
import type { Rendered, Template } from '#runbook/expression/template.ts';
import { engineOfUrl, textsReachable } from '#runbook/model/engines.ts';
import { isTemplate } from '#runbook/model/http-request.ts';
import type { ProbeName } from '#runbook/model/probe-parameters.ts';
import { PROBE_PARAMETERS, type ProbeParameter } from '#runbook/model/probe-parameters.ts';
import type { BodyOf } from '#runbook/model/runbook.ts';
import { type Json, shownValue } from '#runbook/model/value.ts';
import { jsonOf } from '../actions/json-of.ts';
import { renderValue } from '../actions/render-value.ts';
import { judgeSql } from '../effects/judge-sql.ts';
import { judged, judgedTogether } from '../effects/judged.ts';
import type { Secret } from '../redaction/redactor.ts';
import type { ActionRules, RenderOptions } from './action-rules.ts';

/** A check of a connection from this machine, with its parameters. It only reads. */
export type ProbeAction = {
  readonly kind: 'probe';
  readonly probe: ProbeName;
  /** See `PROBE_PARAMETERS`. Numbers and booleans may also be text. */
  readonly params: Readonly<Record<string, Json>>;
  readonly timeoutMs: number;
};

type ProbeBody = BodyOf<'probe'>;

/** The rules of probes, which only read, but for the statement that some of them run. */
export const probe: ActionRules<ProbeBody, ProbeAction> = {
  render: renderProbe,
  judge: (body, { targets }, parsers) => {
    const texts = probe.statements(body, targets);
    const all = texts.map(({ text, engine }) => judgeSql(text, engine, parsers));
    return { ...(all.length === 0 ? judged([]) : judgedTogether(all)), body };
  },
  statements: ({ probe: name, params: { statement, url } }) => {
    const any = RUNS_STATEMENT[name] ? templateOf(statement) : undefined;
    const engine = engineOfUrl(templateOf(url)?.text ?? '');
    return textsReachable(any === undefined ? {} : { any }, engine);
  },
  written: () => undefined,
  tell: ({ probe: name }) => `probe ${name}`,
  show: (action) => {
    const secret = secretParameters(action).map(({ name }) => name);
    const values = Object.entries(action.params).map(
      ([name, value]) =>
        `${name}: ${secret.includes(name) ? `‹secret:${name}›` : shownValue(value)}`,
    );
    return { text: `probe ${action.probe}`, values };
  },
};

/** Whether a probe runs a statement of the author. Otherwise it only reads. */
const RUNS_STATEMENT: Readonly<Record<ProbeName, boolean>> = {
  config: false,
  dns: false,
  tcp: false,
  tls: false,
  login: true,
  http: false,
};

function renderProbe(
  body: ProbeBody,
  scope: Scope,
  { timeoutMs }: RenderOptions,
): Rendered<ProbeAction> {
  const params: Record<string, Json> = {};
  for (const [name, written] of Object.entries(body.params)) {
    const value = renderValue(written, scope);
    if (!value.ok) return value;
    params[name] = jsonOf(value.value);
  }
  return { ok: true, value: { kind: 'probe', probe: body.probe, params, timeoutMs } };
}

function templateOf(written: Template | Json | undefined): Template | undefined {
  if (typeof written === 'string')
    return { text: written, span: { start: 0, end: 0 }, placeholders: [], origin: [] };
  return isTemplate(written) ? written : undefined;
}

/** Returns the parameters of a probe that may contain a password, by name. */
export function secretParameters({ probe: name, params }: ProbeAction): readonly Secret[] {
  const known: Readonly<Record<string, ProbeParameter>> = PROBE_PARAMETERS[name];
  return Object.entries(params).flatMap(([parameter, value]) =>
    known[parameter]?.secret === true && typeof value === 'string'
      ? [{ name: parameter, value }]
      : [],
  );
}
