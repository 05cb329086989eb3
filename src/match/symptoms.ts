import { compileRegex, type Regex } from '#runbook/expression/regex.ts';
import type { Symptom } from '#runbook/model/runbook.ts';
import { foldText } from './message.ts';
import { requiredLiteral } from './required-literal.ts';

/** The symptoms of a runbook's incident in logs. */
export type RunbookSymptoms = {
  readonly runbook: string;
  readonly symptoms: readonly Symptom[];
};

/** A symptom, compiled for matching. */
export type CompiledSymptom = {
  readonly runbook: string;
  /** A folded text that every match contains; undefined if each record has to be tried. */
  readonly anchor: string | undefined;
  /** Undefined for a plain text, which is all of its anchor. */
  readonly regex: Regex | undefined;
};

/**
 * Compiles the symptoms of runbooks and skips invalid ones. Texts match in any case, patterns as
 * written.
 */
export function compileSymptoms(library: readonly RunbookSymptoms[]): readonly CompiledSymptom[] {
  return library.flatMap(({ runbook, symptoms }) =>
    symptoms.flatMap((symptom): readonly CompiledSymptom[] => {
      if ('text' in symptom) {
        const anchor = foldText(symptom.text).trim();
        return anchor === '' ? [] : [{ runbook, anchor, regex: undefined }];
      }
      const { regex } = compileRegex(symptom.pattern);
      if (regex === undefined) return [];
      const literal = requiredLiteral(symptom.pattern);
      return [{ runbook, anchor: literal === undefined ? undefined : foldText(literal), regex }];
    }),
  );
}
