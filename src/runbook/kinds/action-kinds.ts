import { parseDuration } from '#text/duration.ts';
import type { Template } from '../expression/template.ts';
import type { Fields } from '../model/value-type.ts';
import type { KindDeclaration, Written } from './declaration.ts';
import { http } from './http.ts';
import { probe } from './probe.ts';
import { shell } from './shell.ts';
import { sql } from './sql.ts';

/** The kinds of action that a step may run, each under the key that makes a step that kind. */
export const ACTION_KINDS = { sql, shell, http, probe };

/** One of {@link ACTION_KINDS}. */
export type ActionKind = keyof typeof ACTION_KINDS;

/** An executable of any kind, with its placeholders. */
export type Body = {
  readonly [K in ActionKind]: (typeof ACTION_KINDS)[K] extends KindDeclaration<infer B>
    ? B & { readonly kind: K }
    : never;
}[ActionKind];

/** The names of the kinds, in the order of the documentation. */
export const ACTION_KIND_NAMES = Object.keys(ACTION_KINDS) as ActionKind[];

/** The kinds that can be a change. */
export const CHANGING_KINDS = ACTION_KIND_NAMES.filter((kind) => ACTION_KINDS[kind].canChange);

/** Returns the declaration of a kind. */
export function declarationOf(kind: ActionKind): KindDeclaration<Body> {
  return ACTION_KINDS[kind];
}

/** Returns whether a kind of step is a kind of action. */
export function isActionKind(kind: string): kind is ActionKind {
  return Object.hasOwn(ACTION_KINDS, kind);
}

/** Returns the kinds of body written at a place. */
export function bodyKinds(document: Written): readonly ActionKind[] {
  return ACTION_KIND_NAMES.filter((kind) => document[kind] !== undefined);
}

/** Returns the result fields of a read as written. */
export function fieldsOfBody(document: Written): Fields {
  const [kind = 'shell'] = bodyKinds(document);
  return declarationOf(kind).fields(document);
}

/** Returns every template of a body. */
export function bodyTemplates(body: Body): readonly Template[] {
  return declarationOf(body.kind).templates(body);
}

/** Returns the time limit of one action that sets none, in milliseconds. */
export function defaultTimeoutMs(kind: ActionKind): number {
  return parseDuration(ACTION_KINDS[kind].timeout) ?? 0;
}
