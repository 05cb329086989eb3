import type { Scope } from '#runbook/expression/cel.ts';
import type { ActionKind } from '#runbook/kinds/action-kinds.ts';
import type { Body, BodyOf } from '#runbook/model/runbook.ts';
import type { ActionRules, RenderOptions } from './action-rules.ts';
import { http } from './http.ts';
import { probe } from './probe.ts';
import { shell } from './shell.ts';
import { sql } from './sql.ts';

/** The rules of every kind of action. There is no default: a kind without a verdict does not compile. */
const ACTION_RULES = { sql, shell, http, probe } satisfies {
  readonly [K in ActionKind]: ActionRules<BodyOf<K>, { readonly kind: K }>;
};

/** An action of any kind, exactly as it runs. */
export type RenderedAction = {
  readonly [K in ActionKind]: (typeof ACTION_RULES)[K] extends ActionRules<BodyOf<K>, infer A>
    ? A
    : never;
}[ActionKind];

/** Returns the rules of a kind of action. */
export function rulesOf(kind: ActionKind): ActionRules<Body, RenderedAction> {
  return ACTION_RULES[kind];
}

/** Renders a body into exactly what will run: see {@link ActionRules.render}. */
export function renderAction(body: Body, scope: Scope, options: RenderOptions) {
  return rulesOf(body.kind).render(body, scope, options);
}
