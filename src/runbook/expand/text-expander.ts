import { didYouMean } from '#text/suggest.ts';
import { type Diagnostic, errorAt } from '../diagnostic.ts';
import { ENGINES, type Engine, engineName, statementFor } from '../model/engines.ts';
import type { LibraryUse } from '../model/runbook.ts';
import type { LocatedScalar } from '../yaml/located.ts';
import type { Span } from '../yaml/source.ts';
import { type Insertion, insertionsIn } from './insertions.ts';
import type { Fragment, Library } from './library.ts';
import { type Binding, bindParameters, NO_PARAMETERS, type Scope } from './parameters.ts';
import { indented, joined, type PlacedText, sliced } from './spliced-text.ts';

/** More characters than this in all insertions of one runbook are an error. */
const MOST_CHARACTERS = 4_000_000;

/** An insertion counts as so many characters more, so that empty ones are bounded too. */
const COST = 100;

/** The circumstances of an insertion: its parameters, the engine, and the fragments it is within. */
export type Surroundings = {
  readonly scope: Scope;
  readonly engine: Engine | undefined;
  readonly within: readonly string[];
};

/** Puts fragments and parameters into texts; notes every use and every parameter that is used. */
export class TextExpander {
  readonly uses: LibraryUse[] = [];
  readonly bound = new Set<Binding>();
  readonly #library: Library;
  readonly #problems: Diagnostic[];
  readonly #engines = new Map<string, ReadonlySet<Engine>>();
  #characters = 0;

  constructor(library: Library, problems: Diagnostic[]) {
    this.#library = library;
    this.#problems = problems;
  }

  /** Returns a text with everything inserted; what cannot be inserted is reported and left out. */
  expand(placed: PlacedText, around: Surroundings): PlacedText {
    if (!placed.text.includes('@{')) return placed;
    const { insertions, malformed } = insertionsIn(placed);
    for (const at of malformed)
      this.#report('fragment-syntax', spanIn(placed, at, 2), 'this is not an insertion', SYNTAX);
    const pieces: PlacedText[] = [];
    let end = 0;
    for (const insertion of insertions) {
      pieces.push(sliced(placed, end, insertion.at));
      const inserted = this.#inserted(insertion, placed, around);
      if (inserted !== undefined)
        pieces.push(indented(inserted, indentAt(placed.text, insertion.at)));
      end = insertion.at + insertion.length;
    }
    return joined([...pieces, sliced(placed, end)]);
  }

  /** Returns the engines whose texts a text needs; none if it is the same for all. */
  enginesOf(placed: PlacedText, { scope }: Pick<Surroundings, 'scope'>): ReadonlySet<Engine> {
    const engines = new Set<Engine>();
    for (const { name, parameters } of insertionsIn(placed).insertions) {
      const binding = scope.get(name);
      const inner =
        binding !== undefined
          ? [binding.node.kind === 'scalar' ? this.enginesOf(binding.node, binding) : []]
          : [
              this.#enginesOfFragment(name),
              ...parameters.map(({ text }) => this.enginesOf(text, { scope })),
            ];
      for (const engine of inner.flatMap((some) => [...some])) engines.add(engine);
    }
    return engines;
  }

  /** Found once for each fragment, and empty meanwhile: a circle is reported where it is inserted. */
  #enginesOfFragment(name: string): ReadonlySet<Engine> {
    const known = this.#engines.get(name);
    if (known !== undefined) return known;
    const engines = new Set<Engine>();
    this.#engines.set(name, engines);
    const { texts = {} } = this.#library.fragments.get(name) ?? {};
    for (const engine of ENGINES) if (texts[engine] !== undefined) engines.add(engine);
    for (const text of Object.values(texts))
      for (const engine of this.enginesOf(text, { scope: NO_PARAMETERS })) engines.add(engine);
    return engines;
  }

  #inserted(
    insertion: Insertion,
    placed: PlacedText,
    around: Surroundings,
  ): PlacedText | undefined {
    const { name } = insertion;
    if (this.#characters > MOST_CHARACTERS) return undefined;
    const span = spanIn(placed, insertion.at, insertion.length);
    const binding = around.scope.get(name);
    if (binding !== undefined) return this.#parameter(name, binding, insertion, span, around);
    const fragment = this.#library.fragments.get(name);
    if (fragment === undefined) {
      const known = [...around.scope.keys(), ...this.#library.fragments.keys()];
      const hint =
        known.length === 0
          ? 'the runbook uses no library file that has it'
          : didYouMean(name, known);
      return this.#report('unknown-fragment', span, `there is no fragment "${name}"`, hint);
    }
    if (around.within.includes(name)) {
      const circle = [...around.within.slice(around.within.indexOf(name)), name].join(' → ');
      const hint = 'a fragment cannot hold itself';
      return this.#report('fragment-cycle', span, `this leads in a circle: ${circle}`, hint);
    }
    return this.#fragment(fragment, insertion, span, around);
  }

  #parameter(
    name: string,
    binding: Binding,
    { parameters }: Insertion,
    span: Span,
    { engine }: Surroundings,
  ): PlacedText | undefined {
    this.bound.add(binding);
    const { node } = binding;
    if (parameters.length > 0)
      return this.#report(
        'wrong-parameter',
        span,
        `"${name}" is a parameter and has none`,
        `write @{${name}}`,
      );
    if (node.kind !== 'scalar')
      return this.#report(
        'wrong-parameter',
        span,
        `"${name}" is not a text`,
        `let @{${name}} stand alone`,
      );
    return this.#counted(this.expand(node, { ...binding, engine }), span);
  }

  #fragment(
    fragment: Fragment,
    { parameters }: Insertion,
    span: Span,
    { scope, engine, within }: Surroundings,
  ): PlacedText | undefined {
    const { name } = fragment;
    this.uses.push({ at: span, of: fragment.span });
    const text = statementFor(fragment.texts, engine);
    if (text === undefined) {
      const [message, hint] =
        engine === undefined
          ? [`the fragment "${name}" has a text per engine`, 'insert it in a statement (sql:)']
          : [
              `the fragment "${name}" has no text for ${engineName(engine)}`,
              `add ${engine}: to it`,
            ];
      return this.#report('missing-engine', span, message, hint);
    }
    const given = parameters.map((one) => {
      const key = spanIn(one.text, -1 - one.name.length, one.name.length);
      return { name: one.name, key, binding: { node: scalarOf(one.text), scope, within } };
    });
    const user = { what: `the fragment "${name}"`, at: span };
    const bound = bindParameters(user, fragment.parameters, given, this.#problems);
    const inner = { scope: bound, engine, within: [...within, name] };
    return this.#counted(this.expand(withoutLineEnd(text), inner), span);
  }

  #counted(placed: PlacedText, span: Span): PlacedText | undefined {
    const before = this.#characters;
    this.#characters += placed.text.length + COST;
    if (this.#characters <= MOST_CHARACTERS || before > MOST_CHARACTERS) return placed;
    const hint = `all fragments of a runbook together have at most ${MOST_CHARACTERS} characters`;
    return this.#report('fragment-cycle', span, 'this makes the runbook too large', hint);
  }

  #report(code: Diagnostic['code'], span: Span, message: string, hint?: string): undefined {
    this.#problems.push(errorAt(code, span, message, hint));
  }
}

const SYNTAX = 'write @{name}, or @{name key="text"} with its parameters';

function spanIn({ offsets }: PlacedText, at: number, length: number): Span {
  const start = offsets(at);
  return { start, end: Math.max(start + 1, offsets(at + length - 1) + 1) };
}

/** Returns the white space that the line of an offset begins with. */
function indentAt(text: string, at: number): string {
  const line = text.slice(text.lastIndexOf('\n', at - 1) + 1, at);
  return /^[ \t]*/.exec(line)?.[0] ?? '';
}

function withoutLineEnd({ text, offsets }: LocatedScalar): PlacedText {
  return { text: text.replace(/\n+$/, ''), offsets };
}

function scalarOf({ text, offsets }: PlacedText): LocatedScalar {
  const start = offsets(0);
  const span = { start, end: Math.max(start + 1, offsets(text.length)) };
  return { kind: 'scalar', span, value: text, text, offsets };
}
