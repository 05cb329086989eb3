import type * as z from 'zod/mini';
import type { Template } from '../expression/template.ts';
import type { Fields } from '../model/value-type.ts';
import type { BodyPlace } from '../read/body-place.ts';

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
