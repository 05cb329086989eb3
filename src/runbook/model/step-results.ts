import { RUN_OUTCOMES } from './outcomes.ts';
import type { ProbeName } from './probe-parameters.ts';
import { PROBE_RESULTS } from './probe-results.ts';
import type { AskStep, Parse, StepKind } from './runbook.ts';
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

const SQL: Fields = {
  rows: listOf(ANY),
  row: ANY,
  row_count: NUMBER,
  columns: listOf(TEXT),
  truncated: BOOLEAN,
};

const HTTP: Fields = {
  status: NUMBER,
  status_code: NUMBER,
  headers: ANY,
  json: ANY,
  text: orNull(TEXT),
  truncated: BOOLEAN,
  ms: NUMBER,
};

const SCRIPT_END: Fields = { exit_code: orNull(NUMBER), signal: orNull(TEXT) };

const PARSED: Readonly<Record<Parse, Fields>> = {
  text: {},
  lines: { lines: listOf(TEXT) },
  json: { json: ANY },
};

/** The result of a repeated step: `items` has the item, `status`, `error` and result of each. */
const FOR_EACH: Fields = { items: listOf(ANY), count: NUMBER, failed: NUMBER, left: NUMBER };

/** The properties of a step that determine the fields of its result. */
export type ResultOf =
  | { readonly kind: 'sql' }
  | { readonly kind: 'shell'; readonly parse?: Parse; readonly interactive?: boolean }
  | { readonly kind: 'probe'; readonly probe?: ProbeName }
  | {
      readonly kind: 'ask';
      readonly answer?: AskStep['answer'];
      readonly choices?: readonly string[];
      readonly isInput?: boolean;
      /** The types of the answers to several questions, by their names. */
      readonly answers?: Fields;
    }
  | { readonly kind: Exclude<StepKind, 'sql' | 'shell' | 'probe' | 'ask'> };

/** Returns the result fields of one execution of a step. */
export function resultFields(of: ResultOf): Fields {
  switch (of.kind) {
    case 'sql':
      return SQL;
    case 'shell':
      return of.interactive
        ? SCRIPT_END
        : { stdout: TEXT, stderr: TEXT, ...SCRIPT_END, ...PARSED[of.parse ?? 'text'] };
    case 'http':
      return HTTP;
    case 'probe':
      return of.probe === undefined ? { ms: NUMBER } : PROBE_RESULTS[of.probe];
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
        outputs: ANY,
      };
    case 'parallel':
    case 'finish':
      return {};
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
