import type { Diagnostic } from '../diagnostic.ts';
import { compileRegex } from '../expression/regex.ts';
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
    const { problem } = compileRegex(symptom.pattern);
    const node = nodeAt(root, ['symptoms', index, 'pattern']);
    if (problem !== undefined && node?.kind === 'scalar')
      problems.push({
        severity: 'error',
        code: problem.code,
        message: `this pattern cannot be used: ${problem.message}`,
        span: {
          start: node.offsets(problem.at),
          end: node.offsets(Math.max(problem.at, problem.at + problem.length - 1)) + 1,
        },
        hint: problem.hint,
      });
    return symptom;
  });
}
