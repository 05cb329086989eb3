import { didYouMean } from '#text/suggest.ts';
import { type Diagnostic, errorAt } from '../diagnostic.ts';
import { ENGINES } from '../model/engines.ts';
import type { LocatedMapping, LocatedNode, LocatedScalar } from '../yaml/located.ts';
import type { Span } from '../yaml/source.ts';
import { insertionsIn } from './insertions.ts';
import type { Library, Template } from './library.ts';
import { bindParameters, type Given, type Scope } from './parameters.ts';
import { type Surroundings, TextExpander } from './text-expander.ts';

/** More uses of templates than this in one runbook are an error. */
const MOST_USES = 2_000;

/** The lists whose items may be uses of a template, and the templates that fit. */
const LISTS: Readonly<Record<string, readonly Template['kind'][]>> = {
  steps: ['step', 'steps'],
  finally: ['step', 'steps'],
  parallel: ['step', 'steps'],
  next: ['clauses'],
  on_error: ['clauses'],
  on_declined: ['clauses'],
};

/** Replaces every use of a template and every insertion in a document. */
export class NodeExpander {
  readonly texts: TextExpander;
  readonly #library: Library;
  readonly #problems: Diagnostic[];
  #uses = 0;

  constructor(library: Library, problems: Diagnostic[]) {
    this.texts = new TextExpander(library, problems);
    this.#library = library;
    this.#problems = problems;
  }

  /** Returns a node with everything in place. */
  expand(node: LocatedNode, around: Surroundings): LocatedNode {
    if (node.kind === 'scalar') return this.#scalar(node, around);
    if (node.kind === 'sequence')
      return { ...node, items: node.items.map((item) => this.expand(item, around)) };
    const entries = [...node.entries].map(
      ([name, entry]) =>
        [name, { ...entry, value: this.#value(name, entry.value, around) }] as const,
    );
    return { ...node, entries: new Map(entries) };
  }

  /** Returns the items of a list with the uses of templates of some kinds replaced. */
  items(
    items: readonly LocatedNode[],
    kinds: readonly Template['kind'][],
    around: Surroundings,
  ): readonly LocatedNode[] {
    return items.flatMap((item) => {
      const use = item.kind === 'mapping' ? item.entries.get('use')?.value : undefined;
      return item.kind === 'mapping' && use !== undefined
        ? this.#used(item, use, kinds, around)
        : [this.expand(item, around)];
    });
  }

  #value(name: string, value: LocatedNode, around: Surroundings): LocatedNode {
    const kinds = Object.hasOwn(LISTS, name) ? LISTS[name] : undefined;
    if (kinds !== undefined && value.kind === 'sequence')
      return { ...value, items: this.items(value.items, kinds, around) };
    if (name === 'choices' && value.kind === 'mapping') return this.#byChoice(value, around);
    return name === 'sql' ? this.#statement(value, around) : this.expand(value, around);
  }

  #byChoice(choices: LocatedMapping, around: Surroundings): LocatedMapping {
    const entries = [...choices.entries].map(
      ([name, entry]) =>
        [name, { ...entry, value: this.#value('next', entry.value, around) }] as const,
    );
    return { ...choices, entries: new Map(entries) };
  }

  /** A parameter that stands alone is replaced by all that was given for it, lists too. */
  #scalar(node: LocatedScalar, around: Surroundings): LocatedNode {
    if (typeof node.value !== 'string' || !node.text.includes('@{')) return node;
    const whole = this.#whole(node, around);
    if (whole !== undefined) return this.#listed(whole.node, whole.around);
    const { text, offsets } = this.texts.expand(node, around);
    return { ...node, value: text, text, offsets };
  }

  #whole(node: LocatedScalar, { scope, engine }: Surroundings) {
    const [only] = insertionsIn(node).insertions;
    if (only === undefined || only.at !== 0 || only.length !== node.text.trimEnd().length)
      return undefined;
    const binding = scope.get(only.name);
    if (binding === undefined || only.parameters.length > 0) return undefined;
    this.texts.bound.add(binding);
    return { node: binding.node, around: { ...binding, engine } };
  }

  /** The items of a list that was given may be uses of templates, as where it goes. */
  #listed(node: LocatedNode, around: Surroundings): LocatedNode {
    if (node.kind !== 'sequence') return this.expand(node, around);
    return { ...node, items: this.items(node.items, ['step', 'steps', 'clauses'], around) };
  }

  /** A statement whose fragments have a text per engine becomes one statement per engine. */
  #statement(value: LocatedNode, around: Surroundings): LocatedNode {
    if (value.kind === 'mapping') return this.#perEngine(value, around);
    if (value.kind !== 'scalar') return this.expand(value, around);
    const whole = this.#whole(value, around);
    if (whole !== undefined) return this.#statement(whole.node, whole.around);
    const engines = around.engine === undefined ? this.texts.enginesOf(value, around) : new Set();
    if (engines.size === 0) return this.#scalar(value, around);
    const entries = ENGINES.filter((engine) => engines.has(engine)).map(
      (engine) =>
        [engine, { key: value.span, value: this.#scalar(value, { ...around, engine }) }] as const,
    );
    return { kind: 'mapping', span: value.span, entries: new Map(entries) };
  }

  /** A statement for MySQL is one for MariaDB too, with the texts that its fragments have for it. */
  #perEngine(value: LocatedMapping, around: Surroundings): LocatedMapping {
    const mysql = value.entries.get('mysql');
    const isForBoth =
      mysql?.value.kind === 'scalar' &&
      !value.entries.has('mariadb') &&
      this.texts.enginesOf(mysql.value, around).has('mariadb');
    const written = isForBoth ? [...value.entries, ['mariadb', mysql] as const] : value.entries;
    const entries = [...written].map(([name, entry]) => {
      const engine = ENGINES.find((one) => one === name) ?? around.engine;
      return [name, { ...entry, value: this.expand(entry.value, { ...around, engine }) }] as const;
    });
    return { ...value, entries: new Map(entries) };
  }

  #used(
    item: LocatedMapping,
    use: LocatedNode,
    kinds: readonly Template['kind'][],
    around: Surroundings,
  ): readonly LocatedNode[] {
    const name = use.kind === 'scalar' ? use.text : '';
    const template = this.#library.templates.get(name);
    const wrong = this.#wrongUse(name, template, kinds, around);
    if (template === undefined || wrong !== undefined) {
      this.#problems.push(
        errorAt(wrong?.code ?? 'unknown-fragment', use.span, wrong?.message ?? '', wrong?.hint),
      );
      return [];
    }
    this.texts.uses.push({ at: use.span, of: template.span });
    const scope = this.#bound(item, use.span, template, around);
    const inner = { scope, engine: undefined, within: [...around.within, `use ${name}`] };
    const body = this.items(template.items, kinds, inner);
    const [step] = body;
    const own = ownEntries(item);
    if (template.kind === 'step' && step?.kind === 'mapping' && body.length === 1)
      return [this.#merged(item, step, own, around)];
    const [other] = own.filter(([key]) => key !== 'id');
    if (other !== undefined)
      this.#problems.push(
        errorAt(
          'wrong-parameter',
          other[1].key,
          `"${name}" is several ${template.kind}, so nothing can stand beside it`,
          'give its parameters under with:',
        ),
      );
    return body;
  }

  #wrongUse(
    name: string,
    template: Template | undefined,
    kinds: readonly Template['kind'][],
    { within }: Surroundings,
  ):
    | { readonly code: Diagnostic['code']; readonly message: string; readonly hint: string }
    | undefined {
    if (template === undefined) {
      const known = [...this.#library.templates.keys()];
      const hint =
        known.length === 0
          ? 'name the library file that has it under uses:'
          : (didYouMean(name, known) ?? `there are ${known.join(', ')}`);
      return { code: 'unknown-fragment', message: `there is no template "${name}"`, hint };
    }
    if (!kinds.includes(template.kind)) {
      const hint = `here goes a template with ${kinds.join(' or ')}`;
      return { code: 'unknown-fragment', message: `"${name}" has ${template.kind}`, hint };
    }
    if (within.includes(`use ${name}`)) {
      const hint = 'a template cannot use itself';
      return { code: 'fragment-cycle', message: `"${name}" leads in a circle`, hint };
    }
    this.#uses += 1;
    if (this.#uses <= MOST_USES) return undefined;
    const hint = `a runbook uses templates at most ${MOST_USES} times`;
    return { code: 'fragment-cycle', message: 'this makes the runbook too large', hint };
  }

  #bound(
    item: LocatedMapping,
    at: Span,
    template: Template,
    { scope, within }: Surroundings,
  ): Scope {
    const given: Given[] = [];
    const values = item.entries.get('with')?.value;
    if (values?.kind === 'mapping')
      for (const [name, { key, value }] of values.entries)
        given.push({ name, key, binding: { node: value, scope, within } });
    else if (values !== undefined)
      this.#problems.push(
        errorAt('wrong-type', values.span, 'with is not a mapping', 'write with: { name: value }'),
      );
    const user = { what: `the template "${template.name}"`, at };
    const bound = new Map(bindParameters(user, template.parameters, given, this.#problems));
    const id = item.entries.get('id')?.value;
    if (id !== undefined && !bound.has('id')) bound.set('id', { node: id, scope, within });
    return bound;
  }

  /** The keys beside a use are stronger than those of the template. */
  #merged(
    item: LocatedMapping,
    step: LocatedMapping,
    own: ReturnType<typeof ownEntries>,
    around: Surroundings,
  ): LocatedMapping {
    const given = this.expand({ ...item, entries: new Map(own) }, around) as LocatedMapping;
    return { ...item, entries: new Map([...step.entries, ...given.entries]) };
  }
}

function ownEntries(item: LocatedMapping) {
  return [...item.entries].filter(([key]) => key !== 'use' && key !== 'with');
}
