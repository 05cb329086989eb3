import type { Scope } from '#runbook/expression/cel.ts';
import type { Rendered, Template } from '#runbook/expression/template.ts';
import type { ReachableText } from '#runbook/model/engines.ts';
import type { Body, Engine, InputDefinition, Preview } from '#runbook/model/runbook.ts';
import type { TargetDefinition } from '#runbook/model/target-definition.ts';
import type { Judged } from '../effects/judged.ts';
import type { EffectParsers } from '../effects/parsers.ts';

/** The properties of an execution that its action depends on. */
export type RenderOptions = {
  readonly readOnly: boolean;
  readonly timeoutMs: number;
  readonly engine: Engine | undefined;
  /** The preview of a change, for a statement that is sent once for each of its rows. */
  readonly preview?: Pick<Preview, 'body' | 'volatile'> | undefined;
};

/** The inferred effect of a body, and the body with the effect of each of its texts. */
export type JudgedBody = Judged & { readonly body: Body };

/** The definitions that the effect of a body depends on. */
export type Around = {
  readonly targets: readonly TargetDefinition[];
  readonly inputs: readonly InputDefinition[];
};

/** An action for display, without its place. */
export type ShownParts = {
  /** Of a change without a target, its first line is a method and the address: `POST https://…`. */
  readonly text: string;
  readonly values: readonly string[];
  /** How many of the values each row has, if the statement is sent once for each row. */
  readonly each?: number;
  readonly cwd?: string;
  readonly stdin?: string;
  /** The settings of a change that differ from the defaults, besides its time limit. */
  readonly settings?: readonly string[];
  /** The address that it changes, if it has no target. */
  readonly address?: string;
};

/** The rules of one kind of action: how it is rendered, judged and shown. */
export type ActionRules<B, A> = {
  /**
   * Renders a body into exactly what will run. Returns a reason if it cannot be rendered, or if a
   * text that is not a read should run as one.
   */
  render(body: B, scope: Scope, options: RenderOptions): Rendered<A>;
  /**
   * Infers the effect of a body: what is not proven to only read is a change. If `isVouched`, the
   * author declares what is not proven to be a read to be one.
   */
  judge(body: B, around: Around, parsers: EffectParsers, isVouched: boolean): JudgedBody;
  /** Returns every SQL text of a body that a server behind its target can be sent. */
  statements(body: B, targets: readonly TargetDefinition[]): readonly ReachableText<Template>[];
  /** Returns the script, the URL, or the first statement of a body. */
  written(body: B): Template | undefined;
  /** Returns a body for people, with the values that are known. */
  tell(body: B, scope: Scope, engine: Engine | undefined): string;
  /** Returns everything of an action that a confirmation covers. */
  show(action: A): ShownParts;
};
