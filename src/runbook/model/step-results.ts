import { type ActionKind, bodyKinds, declarationOf } from '../kinds/action-kinds.ts';
import type { Written } from '../kinds/declaration.ts';
import { RUN_OUTCOMES } from './outcomes.ts';
import type { AskStep, StepKind } from './runbook.ts';
import {
  ANY,
  BOOLEAN,
  type Fields,
  listOf,
  mappingOf,
  NUMBER,
  oneOf,
  orNull,
  TEXT,
} from './value-type.ts';

/** The result of a repeated step: `items` has the item, `status`, `error` and result of each. */
const FOR_EACH: Fields = { items: listOf(ANY), count: NUMBER, failed: NUMBER, left: NUMBER };

/** The properties of a step that determine the fields of its result. */
export type ResultOf =
  /** An action; what is written beside its key can add fields. */
  | { readonly kind: ActionKind; readonly written?: Written }
  | {
      readonly kind: 'ask';
      readonly answer?: AskStep['answer'];
      readonly choices?: readonly string[];
      readonly isInput?: boolean;
      /** The types of the answers to several questions, by their names. */
      readonly answers?: Fields;
    }
  | { readonly kind: Exclude<StepKind, ActionKind | 'ask'> };

/** Returns the result fields of one execution of a step. */
export function resultFields(of: ResultOf): Fields {
  switch (of.kind) {
    case 'ask':
      if (of.answers !== undefined) return { answers: mappingOf(of.answers) };
      return of.isInput ? { given: BOOLEAN } : { answer: answerType(of.answer, of.choices) };
    case 'manual':
      return { done: BOOLEAN, evidence: orNull(TEXT) };
    case 'wait':
      return { ms: NUMBER };
    case 'runbook':
      return {
        outcome: oneOf(...RUN_OUTCOMES),
        summary: TEXT,
        findings: listOf(TEXT),
        continue_with: TEXT,
        outputs: ANY,
      };
    case 'parallel':
    case 'finish':
      return {};
    default:
      return declarationOf(of.kind).fields(of.written ?? {});
  }
}

/** Returns the result fields of a step that is repeated for the items of a list. */
export function repeatedFields(): Fields {
  return FOR_EACH;
}

/** Returns the type of the answer to a question. */
export function answerType(answer: AskStep['answer'] = 'text', choices: readonly string[] = []) {
  if (answer === 'number') return NUMBER;
  return answer === 'choice' && choices.length > 0 ? oneOf(...choices) : TEXT;
}

/**
 * Returns the names of what a preview lists and of the number of rows spared after the confirmation;
 * none without a preview. `each` is one row after another, in a statement that is sent once for each.
 */
export function previewNames(preview: Written | undefined, isForEach = false): Fields {
  if (preview === undefined) return {};
  const [kind = 'sql'] = bodyKinds(preview);
  const lists = declarationOf(kind).lists(preview);
  const other = lists === 'rows' ? {} : { [lists]: listOf(lists === 'lines' ? TEXT : ANY) };
  const rows = resultFields({ kind: 'sql' });
  const each = isForEach ? { each: ANY } : {};
  return { preview: mappingOf({ ...rows, ...other, ...each, spared: NUMBER }) };
}
