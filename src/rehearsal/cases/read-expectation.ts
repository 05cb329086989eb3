import { type Diagnostic, errorAt } from '#runbook/diagnostic.ts';
import { nodeAt } from '#runbook/yaml/document.ts';
import type { LocatedNode } from '#runbook/yaml/located.ts';
import type { Span } from '#runbook/yaml/source.ts';
import { didYouMean } from '#text/suggest.ts';
import type { PlacedSteps } from '../mocks/mocked.ts';
import type { Expectation, Expected, ExpectedGate, ExpectedList } from './case.ts';
import type { CaseDocument } from './schema.ts';

/** The entry that matches any number of items of a list. */
const ANY = '...';

type Document = CaseDocument['expect'];

/** Reads the expectations of a case; unknown step names are added to `problems`. */
export function readExpectation(
  document: Document,
  node: LocatedNode,
  steps: PlacedSteps,
  problems: Diagnostic[],
): Expectation {
  const spanAt = (...path: (string | number)[]): Span => nodeAt(node, path)?.span ?? node.span;
  const known = (id: string, span: Span): void => {
    if (steps.has(id)) return;
    const message = `there is no step "${id}"`;
    problems.push(errorAt('unknown-step', span, message, didYouMean(id, steps.keys())));
  };
  if (Object.keys(document).length === 0)
    problems.push(
      errorAt(
        'missing-key',
        node.span,
        'nothing is expected, so nothing is tested',
        'say at least how it ends: outcome: resolved',
      ),
    );
  const { outcome, summary, findings, causes, gates, statuses = {}, spared = {} } = document;
  const stepAt = (name: 'statuses' | 'spared', step: string): Span => {
    const entry = nodeAt(node, [name]);
    const key = entry?.kind === 'mapping' ? entry.entries.get(step)?.key : undefined;
    known(step, key ?? node.span);
    return key ?? node.span;
  };
  const list = <T, U>(
    name: 'path' | 'findings' | 'causes' | 'gates',
    entries: readonly T[] | undefined,
    read: (entry: T, span: Span) => U,
  ): ExpectedList<U> | undefined =>
    entries && {
      span: spanAt(name),
      entries: entries.map((entry, index) => {
        const span = spanAt(name, index);
        return entry === ANY ? { span, any: true } : { span, value: read(entry, span) };
      }),
    };
  const one = <T>(name: string, value: T | undefined): Expected<T> | undefined =>
    value === undefined ? undefined : { span: spanAt(name), value };
  return {
    span: node.span,
    path: list('path', document.path, (id, span) => {
      known(id, span);
      return id;
    }),
    outcome: one('outcome', outcome),
    summary: one('summary', summary),
    continueWith: one('continue_with', document.continue_with),
    findings: list('findings', findings, (text) => text),
    causes: list('causes', causes, (text) => text),
    gates: list('gates', gates, (entry, span) => {
      const gate = gateOf(entry);
      known(gate.step, span);
      return gate;
    }),
    statuses: Object.entries(statuses).map(([step, status]) => ({
      span: stepAt('statuses', step),
      value: { step, status },
    })),
    spared: Object.entries(spared).map(([step, rows]) => ({
      span: stepAt('spared', step),
      value: { step, rows },
    })),
  };
}

function gateOf(entry: NonNullable<Document['gates']>[number]): ExpectedGate {
  const nothing = {
    effect: undefined,
    level: undefined,
    phrase: undefined,
    rows: undefined,
    undo: undefined,
  };
  if (typeof entry === 'string') return { ...nothing, step: entry, shows: [] };
  const { step, effect, level, phrase, rows, undo, shows = [] } = entry;
  return { step, effect, level, phrase, rows, undo, shows };
}
