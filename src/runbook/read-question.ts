import type { Names } from './names.ts';
import type { PartReader, Path } from './part-reader.ts';
import type { AskStep } from './runbook.ts';
import type { StepDocument } from './schema-step.ts';
import { refuseSecrets, type SecretNames } from './secrets.ts';
import type { Template } from './template.ts';

/** Reads a question to the operator. */
export function readAsk(
  ask: StepDocument['ask']['ask'],
  names: Names,
  reader: PartReader,
  secrets: SecretNames,
): AskStep | undefined {
  const short = typeof ask === 'string';
  const question = readShown(short ? ['ask'] : ['ask', 'question'], names, reader, secrets);
  if (question === undefined) return undefined;
  const choices = short ? [] : (ask.choices ?? []);
  const answer = (short ? undefined : ask.type) ?? (choices.length > 0 ? 'choice' : 'text');
  if (answer === 'choice' && choices.length === 0)
    reader.report(
      'missing-key',
      reader.span(['ask']),
      'a choice has no choices',
      'add choices: […]',
    );
  return { kind: 'ask', question, answer, choices };
}

/** Reads a text that people see. */
export function readShown(
  path: Path,
  names: Names,
  reader: PartReader,
  secrets: SecretNames,
): Template | undefined {
  const template = reader.template(path, names);
  if (template !== undefined) refuseSecrets(template, secrets, 'secret-in-text', reader);
  return template;
}
