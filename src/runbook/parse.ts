import { deadEnds } from './checks/dead-ends.ts';
import { effectWarnings } from './checks/effect-warnings.ts';
import { finalSteps } from './checks/final-steps.ts';
import { flowOf } from './checks/flow.ts';
import { likelyMistakes } from './checks/likely-mistakes.ts';
import { literalSecrets, literalWarnings } from './checks/literal-secrets.ts';
import { optionalInputs } from './checks/optional-inputs.ts';
import { unknownOutputs } from './checks/outputs.ts';
import { requiredVersion } from './checks/required-version.ts';
import { stepOrder } from './checks/step-order.ts';
import { textWarnings } from './checks/text-warnings.ts';
import { type Diagnostic, hasError, type Parsed, uniqueDiagnostics } from './diagnostic.ts';
import { expand } from './expand/expand.ts';
import { withUses } from './expand/used-at.ts';
import { commonNames, namesBeforeSteps } from './expression/known-names.ts';
import { createLink, type KnownRunbooks, type Linking, type ParseOptions } from './link.ts';
import type { InputDefinition, LibraryUse, Runbook } from './model/runbook.ts';
import type { SecretNames } from './model/secrets.ts';
import { DEFAULT_SEVERITY } from './model/terms.ts';
import { ANY } from './model/value-type.ts';
import { readInputs } from './read/inputs.ts';
import { createPartReader, type PartReader } from './read/part-reader.ts';
import { readPrerequisites } from './read/prerequisites.ts';
import { withRepeatedReads } from './read/repeated-reads.ts';
import { type ReadStep, readStep } from './read/step.ts';
import type { StepSurroundings } from './read/step-surroundings.ts';
import { readSymptoms } from './read/symptoms.ts';
import { readCommonTarget, readTargets } from './read/targets.ts';
import { readOutputs, readValues, typesOf } from './read/values.ts';
import { HEAD_SCHEMA, type Head } from './schema/runbook.ts';
import { readStepDocument } from './schema/step-document.ts';
import { indexSteps } from './step-index.ts';
import { nodeAt, readDocument } from './yaml/document.ts';
import type { LocatedNode } from './yaml/located.ts';
import { readYaml } from './yaml/located.ts';
import type { Source } from './yaml/source.ts';

export type { KnownRunbooks, ParseOptions } from './link.ts';

/**
 * Parses a runbook and checks every name in it. Returns the runbook, or every problem in it. A step
 * that is another runbook requires `options.runbook` to find it.
 */
export function parseRunbook(source: Source, options: ParseOptions = {}): Parsed<Runbook> {
  const { known = new Map() } = options;
  const before = [...known.values()].find((each) => isSame(each.source, source));
  if (before !== undefined) return before.parsed;
  const parsed = parse(source, { options, above: [], known, parse });
  if (parsed.ok && options.known !== undefined) remember(known, parsed.value, parsed, options);
  return parsed;
}

/** Caches a parsed runbook if it is the one that steps mean by its name. */
function remember(
  known: KnownRunbooks,
  { name, source }: Runbook,
  parsed: Parsed<Runbook>,
  { runbook }: ParseOptions,
): void {
  const meant = runbook?.(name);
  if (meant !== undefined && isSame(meant, source)) known.set(name, { source, parsed });
}

function isSame(a: Source, b: Source): boolean {
  return a.file === b.file && a.text === b.text;
}

function parse(source: Source, linking: Linking): Parsed<Runbook> {
  const { node: written, problems: syntax } = readYaml(source);
  if (written === undefined) return { ok: false, diagnostics: syntax };
  const tooOld = requiredVersion(written, linking.options.version);
  if (tooOld !== undefined) return { ok: false, diagnostics: [tooOld] };
  const expanded = expand(source, written);
  const { node, uses } = expanded;
  const parsed = hasError(expanded.problems)
    ? failed(expanded.problems)
    : parseExpanded(source, node, uses, linking);
  if (!parsed.ok) return { ...parsed, diagnostics: withUses(source, parsed.diagnostics, uses) };
  const warnings = [...expanded.problems, ...parsed.warnings];
  return { ...parsed, warnings: withUses(source, warnings, uses) };
}

function parseExpanded(
  source: Source,
  written: LocatedNode,
  uses: readonly LibraryUse[],
  linking: Linking,
): Parsed<Runbook> {
  const found = literalSecrets(written);
  const problems: Diagnostic[] = [
    ...textWarnings(source, written),
    ...literalWarnings(found),
    ...likelyMistakes(source, written),
  ];
  const node = withRepeatedReads(written, problems);
  const head = readDocument(HEAD_SCHEMA, node);
  problems.push(...head.problems);
  if (node.kind !== 'mapping' || head.value === undefined) {
    for (const step of [...itemsAt(node, 'steps'), ...itemsAt(node, 'finally')])
      readStepDocument(step, problems);
    return failed(problems);
  }
  const parts = readParts(source, head.value, node, problems, linking);
  const literals = found.flatMap(({ name, values }) => values.map((value) => ({ name, value })));
  const value: Runbook = {
    ...parts,
    ...(uses.length === 0 ? {} : { uses }),
    ...(literals.length === 0 ? {} : { literals }),
  };
  if (hasError(problems)) return { ...failed(problems), partial: value };
  return { ok: true, warnings: uniqueDiagnostics(problems), value };
}

function readParts(
  source: Source,
  head: Head,
  node: LocatedNode,
  problems: Diagnostic[],
  linking: Linking,
): Runbook {
  const reader = createPartReader(node, problems);
  checkName(source, head, reader);
  const inputs = readInputs(head, reader);
  const ordinary = itemsAt(node, 'steps');
  const stepNodes = [...ordinary, ...itemsAt(node, 'finally')];
  const index = indexSteps(stepNodes, reader);
  const targetNames = Object.keys(head.targets ?? {});
  const secrets = secretNames(inputs, stepNodes);
  const values = readValues(node, inputs, targetNames, secrets, problems);
  const unread = Object.fromEntries(Object.keys(head.values ?? {}).map((name) => [name, ANY]));
  const valueTypes = { ...unread, ...typesOf(values) };
  const names = { inputs, targets: targetNames, values: valueTypes, steps: index.fields };
  const beforeSteps = namesBeforeSteps(names);
  const targets = readTargets(head, beforeSteps, reader, secrets);
  const inSteps = commonNames(names);
  const outputs = readOutputs(node, inSteps, secrets, problems);
  const { runbook: lookUp } = linking.options;
  const surroundings: StepSurroundings = {
    names: inSteps,
    inputs,
    targets,
    on: readCommonTarget(head, targetNames, reader),
    stepIds: index.stepIds,
    branches: index.branches,
    secrets,
    phaseBefore: 'diagnose',
    link: createLink(head.name, linking),
    isRunbook: (name) => name === head.name || lookUp === undefined || lookUp(name) !== undefined,
  };
  const prerequisites = readPrerequisites(head, node, beforeSteps, surroundings, problems);
  const steps = readSteps(stepNodes, ordinary.length, surroundings, problems);
  problems.push(
    ...finalSteps(
      source,
      steps.map(({ step }) => step),
    ),
  );
  if (ordinary.length === 0)
    reader.report(
      'missing-key',
      reader.span(['steps']),
      'a runbook without steps does nothing',
      'add a step, e.g. - { id: look, manual: … }',
    );
  const runbook: Runbook = {
    source,
    name: head.name,
    title: head.title,
    severity: head.severity ?? DEFAULT_SEVERITY,
    summary: head.summary,
    impact: head.impact,
    symptoms: readSymptoms(head, node, problems),
    prerequisites,
    inputs,
    ...(values.length === 0 ? {} : { values }),
    targets,
    steps: steps.map(({ step }) => step),
    ...(outputs.length === 0 ? {} : { outputs }),
    prevention: head.prevention ?? [],
    related: head.related ?? [],
  };
  // With unreadable steps missing, the transitions between the others would be wrong.
  if (steps.length === stepNodes.length && steps.every(({ isValid }) => isValid))
    problems.push(...checkStory(runbook, steps));
  return runbook;
}

function checkStory(runbook: Runbook, steps: readonly ReadStep[]): readonly Diagnostic[] {
  const flow = flowOf(runbook.steps);
  const { source, inputs } = runbook;
  return [
    ...stepOrder(flow, steps),
    ...deadEnds(source, flow),
    ...optionalInputs(source, inputs, steps),
    ...effectWarnings(runbook),
    ...unknownOutputs(steps),
  ];
}

/** Reads the steps; those from index `end` on are the steps of `finally`. */
function readSteps(
  nodes: readonly LocatedNode[],
  end: number,
  surroundings: StepSurroundings,
  problems: Diagnostic[],
): readonly ReadStep[] {
  const steps: ReadStep[] = [];
  let { phaseBefore } = surroundings;
  for (const [index, node] of nodes.entries()) {
    const read = readStep(node, { ...surroundings, phaseBefore }, problems);
    if (read === undefined) continue;
    const { step } = read;
    steps.push(index < end ? read : { ...read, step: { ...step, isFinal: true } });
    phaseBefore = read.step.phase;
  }
  return steps;
}

/** The variables of a script are read for each of its bodies, so their problems repeat. */
function failed(problems: readonly Diagnostic[]): Parsed<Runbook> & { readonly ok: false } {
  return { ok: false, diagnostics: uniqueDiagnostics(problems) };
}

function checkName(source: Source, head: Head, reader: PartReader): void {
  const file = source.file.split(/[\\/]/).at(-1) ?? source.file;
  const expected = file.replace(/\.ya?ml$/, '');
  if (head.name !== '' && file !== expected && expected !== head.name)
    reader.report(
      'name-mismatch',
      reader.span(['name']),
      `the runbook is called "${head.name}" and its file "${file}"`,
      `write name: ${expected}`,
    );
}

function itemsAt(node: LocatedNode, key: string): readonly LocatedNode[] {
  const found = nodeAt(node, [key]);
  return found?.kind === 'sequence' ? found.items : [];
}

function secretNames(
  inputs: readonly InputDefinition[],
  steps: readonly LocatedNode[],
): SecretNames {
  const answers = steps.flatMap((node) => {
    const id = nodeAt(node, ['id']);
    const type = nodeAt(node, ['ask', 'type']);
    const secret = type?.kind === 'scalar' && type.text === 'secret' && id?.kind === 'scalar';
    return secret ? [`steps.${id.text}.answer`] : [];
  });
  const secretInputs = inputs.filter(({ secret }) => secret).map(({ name }) => `inputs.${name}`);
  return new Set([...secretInputs, ...answers]);
}
