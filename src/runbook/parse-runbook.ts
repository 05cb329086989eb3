import type { Diagnostic, Parsed } from './diagnostic.ts';
import { nodeAt, readDocument } from './document.ts';
import { type LocatedNode, readYaml } from './located-yaml.ts';
import { commonNames, type RunbookNames } from './names.ts';
import { createPartReader, type PartReader } from './part-reader.ts';
import { readInputs } from './read-inputs.ts';
import { kindOf, readStep, readStepDocument } from './read-step.ts';
import type {
  InputDefinition,
  Phase,
  Runbook,
  Step,
  StepKind,
  TargetDefinition,
} from './runbook.ts';
import { HEAD_SCHEMA, type Head } from './schema.ts';
import type { SecretNames } from './secrets.ts';
import type { Source } from './source.ts';

const RESERVED_IDS = ['finished', 'aborted'];

/** Parses a runbook and checks every name in it; returns the runbook, or everything that is wrong. */
export function parseRunbook(source: Source): Parsed<Runbook> {
  const { node, problems: syntax } = readYaml(source);
  if (node === undefined) return { ok: false, diagnostics: syntax };
  const head = readDocument(HEAD_SCHEMA, node);
  const problems: Diagnostic[] = [...head.problems];
  if (node.kind !== 'mapping' || head.value === undefined) {
    for (const step of stepMappings(node)) readStepDocument(step, problems);
    return failed(problems);
  }
  const reader = createPartReader(node, problems);
  checkName(source, head.value, reader);
  const inputs = readInputs(head.value, reader);
  const stepNodes = stepMappings(node);
  const kinds = readIds(stepNodes, reader);
  const names: RunbookNames = {
    inputs: inputs.map(({ name }) => name),
    targets: Object.keys(head.value.targets ?? {}),
    steps: kinds,
  };
  const targets = readTargets(head.value, names, reader);
  const common = commonNames(names);
  const secrets = secretNames(inputs, stepNodes);
  const stepIds = new Set(Object.keys(kinds));
  const steps: Step[] = [];
  let phaseBefore: Phase = 'diagnose';
  for (const stepNode of stepNodes) {
    const surroundings = {
      names: common,
      targets,
      stepIds,
      secrets,
      phaseBefore,
    };
    const step = readStep(stepNode, surroundings, problems);
    if (step === undefined) continue;
    steps.push(step);
    phaseBefore = step.phase;
  }
  if (stepNodes.length === 0)
    reader.report(
      'missing-key',
      reader.span(['steps']),
      'a runbook without steps does nothing',
      'add a step, e.g. - { id: look, manual: … }',
    );
  if (problems.some(({ severity }) => severity === 'error')) return failed(problems);
  return {
    ok: true,
    warnings: problems,
    value: assemble(source, head.value, inputs, targets, steps),
  };
}

/** The variables of a script are read for each of its bodies, and said to be wrong once. */
function failed(problems: readonly Diagnostic[]): Parsed<Runbook> {
  const keyOf = ({ code, span, message }: Diagnostic) => `${code} ${span.start} ${message}`;
  const byKey = new Map(problems.map((problem) => [keyOf(problem), problem]));
  return { ok: false, diagnostics: [...byKey.values()] };
}

function assemble(
  source: Source,
  head: Head,
  inputs: readonly InputDefinition[],
  targets: readonly TargetDefinition[],
  steps: readonly Step[],
): Runbook {
  return {
    source,
    name: head.name,
    title: head.title,
    severity: head.severity ?? 'medium',
    summary: head.summary,
    impact: head.impact,
    symptoms: (head.symptoms ?? []).map((symptom) =>
      typeof symptom === 'string' ? { text: symptom } : symptom,
    ),
    prerequisites: (head.prerequisites ?? []).map((text) => ({ text, check: undefined })),
    inputs,
    targets,
    steps,
    prevention: head.prevention ?? [],
    related: head.related ?? [],
  };
}

function checkName(source: Source, head: Head, reader: PartReader): void {
  const file = source.file.split(/[\\/]/).at(-1) ?? source.file;
  const expected = file.replace(/\.ya?ml$/, '');
  if (file !== expected && expected !== head.name)
    reader.report(
      'name-mismatch',
      reader.span(['name']),
      `the runbook is called "${head.name}" and its file "${file}"`,
      `write name: ${expected}`,
    );
}

function readTargets(
  head: Head,
  names: RunbookNames,
  reader: PartReader,
): readonly TargetDefinition[] {
  const scope = { inputs: commonNames(names).inputs ?? {} };
  return Object.entries(head.targets ?? {}).flatMap(([name, target]): TargetDefinition[] => {
    const span = reader.span(['targets', name]);
    if ('local' in target) return [{ kind: 'local', name, span }];
    const database = reader.template(['targets', name, 'database'], scope);
    const reserve = reader.template(['targets', name, 'reserve'], scope);
    if (database === undefined) return [];
    return [{ kind: 'database', name, span, engine: target.engine, database, reserve }];
  });
}

function stepMappings(node: LocatedNode): readonly LocatedNode[] {
  const steps = nodeAt(node, ['steps']);
  return steps?.kind === 'sequence' ? steps.items : [];
}

function readIds(nodes: readonly LocatedNode[], reader: PartReader): Record<string, StepKind> {
  const kinds: Record<string, StepKind> = {};
  for (const node of nodes) {
    const id = nodeAt(node, ['id']);
    if (id?.kind !== 'scalar' || node.kind !== 'mapping') continue;
    if (Object.hasOwn(kinds, id.text))
      reader.report(
        'duplicate-id',
        id.span,
        `there are two steps "${id.text}"`,
        'give each step its own id',
      );
    if (RESERVED_IDS.includes(id.text))
      reader.report(
        'reserved-id',
        id.span,
        `"${id.text}" is the name of an end of a run`,
        'choose another id',
      );
    kinds[id.text] = kindOf(node) ?? 'finish';
  }
  return kinds;
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
