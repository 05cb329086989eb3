import type * as z from 'zod/mini';
import { parseDuration } from '#text/duration.ts';
import type { Template } from '../expression/template.ts';
import type { Fields } from '../model/value-type.ts';
import type { BodyPlace } from '../read/step-surroundings.ts';
import { http } from './http.ts';
import { probe } from './probe.ts';
import { shell } from './shell.ts';
import { sql } from './sql.ts';

/** A mapping that has the key of a kind, as written. */
export type Written = Readonly<Record<string, unknown>>;

type Keys = Readonly<Record<string, z.ZodMiniType>>;

/** The declaration of one kind of action, whose body has the type `B`. */
export type KindDeclaration<B> = {
  /** Its name in messages: `this statement`. */
  readonly called: string;
  /** Its name among time limits: `requests`. */
  readonly several: string;
  /** The heading of its text, and the language of that text for highlighting. */
  readonly heading: string;
  readonly language: string;
  /** The time limit of one action that sets none, as a runbook writes it. */
  readonly timeout: string;
  /** Whether it can be a change; if not, it only reads and has no gate. */
  readonly canChange: boolean;
  /** The targets that it runs on; `here` if it runs on this machine and has none. */
  readonly runsOn: 'database' | 'machine' | 'here';
  /** The schema under its key. */
  readonly schema: z.ZodMiniType;
  /** The keys beside it in a step, and those that a branch of `parallel` cannot have. */
  readonly options?: Keys;
  readonly stepOptions?: Keys;
  /** The reasons why it lacks keys that other kinds have. */
  readonly lacks?: Readonly<Record<string, string>>;
  /** Reads the body at a place. */
  read(document: Written, place: BodyPlace): B | undefined;
  /** Returns every template of a body. */
  templates(body: B): readonly Template[];
  /** Returns the result fields of one execution, as written even if that is invalid. */
  fields(document: Written): Fields;
  /** Returns the form in which a preview lists rows: as they are, or as lines or JSON too. */
  lists(document: Written): 'rows' | 'lines' | 'json';
};

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
