import { RunbookError } from '#errors.ts';
import { placedSteps } from '#machine/placed-step.ts';
import { resolveTargets } from '#run/values/targets.ts';
import { knownTokens, literalWarnings } from '#runbook/checks/literal-secrets.ts';
import { type Diagnostic, errorAt, type Parsed } from '#runbook/diagnostic.ts';
import { parseInput } from '#runbook/model/input-text.ts';
import type { InputDefinition, Runbook } from '#runbook/model/runbook.ts';
import type { Value } from '#runbook/model/value.ts';
import { nodeAt, plain, readDocument } from '#runbook/yaml/document.ts';
import { type LocatedNode, readYaml } from '#runbook/yaml/located.ts';
import type { Source, Span } from '#runbook/yaml/source.ts';
import { didYouMean } from '#text/suggest.ts';
import type { MockedStep, PlacedSteps } from '../mocks/mocked.ts';
import { readMocks } from '../mocks/read.ts';
import { EXAMPLES } from '../mocks/stand-in.ts';
import type { Case, Cases } from './case.ts';
import { readAnswers } from './read-answer.ts';
import { readExpectation } from './read-expectation.ts';
import { CASES_SCHEMA, type CaseDocument } from './schema.ts';

/** The context shared by the cases of a file. */
type Common = {
  readonly runbook: Runbook;
  readonly steps: PlacedSteps;
  /** The inputs at the top of the file. */
  readonly inputs: LocatedNode | undefined;
  readonly targets: Case['targets'];
  readonly mocks: ReadonlyMap<string, MockedStep>;
  readonly problems: Diagnostic[];
};

/** Reads the cases of a runbook. Returns them, or every problem in the text. */
export function readCases(source: Source, runbook: Runbook): Parsed<Cases> {
  const { node, problems: syntax } = readYaml(source);
  if (node === undefined) return { ok: false, diagnostics: syntax };
  const { value, problems: found } = readDocument(CASES_SCHEMA, node);
  const problems: Diagnostic[] = [...found];
  if (value === undefined) return { ok: false, diagnostics: problems };
  const steps = placedSteps(runbook);
  const common: Common = {
    runbook,
    steps,
    inputs: nodeAt(node, ['inputs']),
    targets: present(value.targets),
    mocks: readMocks(nodeAt(node, ['steps']), { steps, shared: true, problems }),
    problems,
  };
  const names = new Set<string>();
  const cases = value.cases.map((document, index) => {
    const at = nodeAt(node, ['cases', index]) ?? node;
    const { span } = nodeAt(at, ['name']) ?? at;
    if (names.has(document.name))
      problems.push(
        errorAt(
          'duplicate-id',
          span,
          `there are two cases "${document.name}"`,
          'give each case a unique name',
        ),
      );
    names.add(document.name);
    return readCase(document, at, span, common);
  });
  if (cases.length === 0)
    problems.push(
      errorAt(
        'missing-key',
        node.span,
        'a test file without cases tests nothing',
        'add a case, e.g. - { name: …, expect: { outcome: resolved } }',
      ),
    );
  if (problems.length > 0) return { ok: false, diagnostics: problems };
  const warnings = literalWarnings(knownTokens(node));
  return { ok: true, warnings, value: { source, runbook, cases } };
}

function readCase(document: CaseDocument, node: LocatedNode, span: Span, common: Common): Case {
  const { runbook, steps, problems } = common;
  const own = readMocks(nodeAt(node, ['steps']), { steps, shared: false, problems });
  const before = problems.length;
  const inputs = readInputs(nodeAt(node, ['inputs']), span, common);
  if (problems.length === before)
    checkTargets(runbook, inputs, nodeAt(node, ['inputs'])?.span ?? span, problems);
  checkTargetNames(
    Object.keys({ ...common.targets, ...document.targets }),
    runbook,
    span,
    problems,
  );
  const names = runbook.inputs.map(({ name }) => name);
  return {
    name: document.name,
    span,
    inputs,
    targets: { ...common.targets, ...present(document.targets) },
    steps: new Map([...common.mocks, ...own]),
    answers: readAnswers(nodeAt(node, ['answers']), steps, names, problems),
    expect: readExpectation(document.expect, nodeAt(node, ['expect']) ?? node, steps, problems),
  };
}

/** Ignores the environment, so that a case gives the same result everywhere. */
function readInputs(node: LocatedNode | undefined, span: Span, common: Common): Case['inputs'] {
  const { runbook, problems } = common;
  const given = new Map([...entriesOf(common.inputs), ...entriesOf(node)]);
  const known = runbook.inputs.map(({ name }) => name);
  for (const [name, { key }] of given)
    if (!known.includes(name))
      problems.push(
        errorAt('unknown-name', key, `the runbook has no input "${name}"`, didYouMean(name, known)),
      );
  return Object.fromEntries(
    runbook.inputs.map((definition) => {
      const value = given.get(definition.name)?.value;
      return [definition.name, inputOf(definition, value, span, problems)] as const;
    }),
  );
}

function inputOf(
  definition: InputDefinition,
  node: LocatedNode | undefined,
  span: Span,
  problems: Diagnostic[],
): Value {
  const { name, required, type } = definition;
  if (node === undefined || node.kind === 'mapping' || isNull(node)) {
    if (definition.default === null && required) {
      const hint = `inputs: { ${name}: ${type === 'url' ? 'postgres://app@db/shop' : EXAMPLES[type]} }, in the case or for all at the top`;
      problems.push(errorAt('missing-key', span, `the input "${name}" has no value`, hint));
    }
    return node === undefined ? definition.default : null;
  }
  try {
    // A secret's stand-in need not look like the secret.
    const { name: _, type: __, ...limits } = definition;
    const accepting = definition.secret ? { name, type, secret: true } : { name, type, ...limits };
    return parseInput(accepting, node.kind === 'scalar' ? node.text : JSON.stringify(plain(node)));
  } catch (error) {
    problems.push(errorAt('wrong-value', node.span, messageOf(error)));
    return null;
  }
}

function isNull(node: LocatedNode): boolean {
  return node.kind === 'scalar' && node.value === null;
}

function checkTargets(
  runbook: Runbook,
  inputs: Case['inputs'],
  span: Span,
  problems: Diagnostic[],
): void {
  try {
    resolveTargets(runbook, inputs);
  } catch (error) {
    const hint = error instanceof RunbookError ? error.hint : undefined;
    problems.push(errorAt('wrong-value', span, messageOf(error), hint));
  }
}

function checkTargetNames(
  names: readonly string[],
  runbook: Runbook,
  span: Span,
  problems: Diagnostic[],
): void {
  const known = runbook.targets.map(({ name }) => name);
  for (const name of names)
    if (!known.includes(name))
      problems.push(
        errorAt('unknown-target', span, `there is no target "${name}"`, didYouMean(name, known)),
      );
}

function entriesOf(node: LocatedNode | undefined) {
  return node?.kind === 'mapping' ? [...node.entries] : [];
}

/** Returns the targets without undefined fields. */
function present(targets: CaseDocument['targets']): Case['targets'] {
  return (targets ?? {}) as Case['targets'];
}

function messageOf(error: unknown): string {
  if (error instanceof RunbookError) return error.message;
  throw error;
}
