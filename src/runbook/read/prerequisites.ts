import type { Diagnostic } from '../diagnostic.ts';
import { type Names, resultNames } from '../expression/known-names.ts';
import { bodyKinds, defaultTimeoutMs, fieldsOfBody } from '../kinds/action-kinds.ts';
import type { Prerequisite, Step } from '../model/runbook.ts';
import type { Head } from '../schema/runbook.ts';
import { nodeAt } from '../yaml/document.ts';
import type { LocatedNode } from '../yaml/located.ts';
import { readOneBody } from './body.ts';
import { createPartReader, type PartReader } from './part-reader.ts';
import type { StepSurroundings } from './step-surroundings.ts';

type PrerequisiteDocument = NonNullable<Head['prerequisites']>[number];

/** Reads the prerequisites of a runbook; `names` are those in scope before the first step. */
export function readPrerequisites(
  head: Head,
  root: LocatedNode,
  names: Names,
  surroundings: StepSurroundings,
  problems: Diagnostic[],
): readonly Prerequisite[] {
  return (head.prerequisites ?? []).map((document, index) => {
    if (typeof document === 'string') return { text: document, check: undefined };
    const { text } = document;
    const node = nodeAt(root, ['prerequisites', index]);
    const isChecked = node !== undefined && !isOnlyText(document);
    const reader = isChecked ? createPartReader(node, problems) : undefined;
    const does = reader && readCheck(document, names, reader, surroundings);
    if (node === undefined || does === undefined) return { text, check: undefined };
    return { text, check: checkStep(`prerequisite-${index + 1}`, text, node, does) };
  });
}

function isOnlyText(document: Exclude<PrerequisiteDocument, string>): boolean {
  return Object.keys(document).length === 1;
}

function checkStep(id: string, title: string, node: LocatedNode, does: Step['does']): Step {
  return {
    id,
    title,
    why: undefined,
    phase: 'diagnose',
    span: node.span,
    if: undefined,
    forEach: undefined,
    next: [],
    maxVisits: 10,
    does,
  };
}

function readCheck(
  document: Exclude<PrerequisiteDocument, string>,
  names: Names,
  reader: PartReader,
  around: StepSurroundings,
): Step['does'] | undefined {
  const place = { path: [], on: document.on, names, reader };
  const body = readOneBody('the check of a prerequisite', document, {
    ...place,
    around: { ...around, env: [], at: undefined },
  });
  const [kind = 'shell'] = bodyKinds(document);
  const expect = reader.condition(['expect'], { ...names, ...resultNames(fieldsOfBody(document)) });
  if (body === undefined) return undefined;
  return {
    kind,
    body,
    effect: 'read',
    declared: undefined,
    readBecause: undefined,
    preview: undefined,
    confirm: { level: 'key', phrase: undefined, warning: undefined },
    expect,
    verify: undefined,
    undo: undefined,
    retry: undefined,
    timeoutMs: document.timeout ?? defaultTimeoutMs(kind),
  };
}
