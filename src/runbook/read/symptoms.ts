import type { Diagnostic } from '../diagnostic.ts';
import { patternProblems } from '../expression/regex.ts';
import type { Symptom } from '../model/runbook.ts';
import type { Head } from '../schema/runbook.ts';
import { nodeAt } from '../yaml/document.ts';
import type { LocatedNode } from '../yaml/located.ts';

/** Reads the symptoms that classify log lines; an invalid pattern is reported at its place. */
export function readSymptoms(
  head: Head,
  root: LocatedNode,
  problems: Diagnostic[],
): readonly Symptom[] {
  return (head.symptoms ?? []).map((symptom, index) => {
    if (typeof symptom === 'string') return { text: symptom };
    const node = nodeAt(root, ['symptoms', index, 'pattern']);
    if (node?.kind === 'scalar') problems.push(...patternProblems(node));
    return symptom;
  });
}
