import type { Diagnostic, Parsed } from './diagnostic.ts';
import type { Runbook } from './model/runbook.ts';
import type { LinkRunbook } from './read/step-surroundings.ts';
import { positionAt, type Source } from './yaml/source.ts';

/** The options of parsing a runbook. */
export type ParseOptions = {
  /** The version of this program; without it, what a runbook requires is not compared. */
  readonly version?: string | undefined;
  /** Returns the text of another runbook by name, or undefined if there is none. */
  readonly runbook?: ((name: string) => Source | undefined) | undefined;
  /** Runbooks parsed before with the same `runbook`, by name; newly parsed ones are added. */
  readonly known?: KnownRunbooks | undefined;
};

/** Parsed runbooks by name, with the text they came from. */
export type KnownRunbooks = Map<
  string,
  { readonly source: Source; readonly parsed: Parsed<Runbook> }
>;

/** The stack of runbooks being parsed. */
export type Linking = {
  readonly options: ParseOptions;
  /** Their names, outermost first. */
  readonly above: readonly string[];
  readonly known: KnownRunbooks;
  readonly parse: (source: Source, linking: Linking) => Parsed<Runbook>;
};

/** Creates the resolver of the runbooks used as steps of the runbook `parent`. */
export function createLink(parent: string, linking: Linking): LinkRunbook {
  const above = [...linking.above, parent];
  return (name, span, problems) => {
    const report = (code: Diagnostic['code'], message: string, hint: string): undefined => {
      problems.push({ severity: 'error', code, message, span, hint });
    };
    if (above.includes(name)) {
      const path = [...above.slice(above.indexOf(name)), name].join(' → ');
      return report('runbook-cycle', `this leads in a circle: ${path}`, NO_CIRCLE);
    }
    const linked = linking.known.get(name) ?? find(name, { ...linking, above });
    if (linked === undefined)
      return report(
        'unknown-runbook',
        linking.options.runbook === undefined
          ? `the runbook "${name}" cannot be looked up here`
          : `there is no runbook "${name}"`,
        'runbook list shows those there are',
      );
    linking.known.set(name, linked);
    const { source, parsed } = linked;
    if (parsed.ok) return parsed.value;
    const [first] = parsed.diagnostics.toSorted((a, b) => a.span.start - b.span.start);
    const circle = parsed.diagnostics.find(({ code }) => code === 'runbook-cycle');
    if (circle !== undefined) return report('runbook-cycle', circle.message, NO_CIRCLE);
    const { file, line, column } = positionAt(source, first?.span.start ?? 0);
    return report(
      'runbook-invalid',
      `the runbook "${name}" is not valid: ${file}:${line}:${column}: ${first?.message ?? ''}`,
      `runbook validate ${name} says everything about it`,
    );
  };
}

const NO_CIRCLE = 'a runbook cannot be a step of itself: go back with next: and goto:';

function find(name: string, linking: Linking) {
  const source = linking.options.runbook?.(name);
  return source && { source, parsed: linking.parse(source, linking) };
}
