import { compileRegex, type Regex } from '#runbook/expression/regex.ts';
import type { Symptom } from '#runbook/model/runbook.ts';
import { foldText } from './message.ts';
import { requiredLiteral } from './required-literal.ts';

/** What a runbook says its incident looks like in logs. */
export type RunbookSymptoms = {
  readonly runbook: string;
  readonly symptoms: readonly Symptom[];
};

/** A symptom, ready to be looked for. */
export type CompiledSymptom = {
  readonly runbook: string;
  /** A folded text without which it is not there; undefined when it has to be tried on every record. */
  readonly anchor: string | undefined;
  /** Undefined for a plain text: its anchor is all of it. */
  readonly regex: Regex | undefined;
};

/** Returns the symptoms of runbooks that can be looked for; texts match in any case, patterns as written. */
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
