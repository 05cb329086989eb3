import { didYouMean } from '#text/suggest.ts';
import type { Expression } from '../expression/cel.ts';
import type { Names } from '../expression/known-names.ts';
import type { Template } from '../expression/template.ts';
import { defined } from '../model/defined.ts';
import type { AskedField, AskStep, InputDefinition, Question } from '../model/runbook.ts';
import { isSecret, refuseSecrets, type SecretNames } from '../model/secrets.ts';
import type { StepDocument } from '../schema/step.ts';
import type { PartReader, Path } from './part-reader.ts';
import type { StepSurroundings } from './step-surroundings.ts';

type Asked = Exclude<StepDocument['ask']['ask'], string>;

/** A question as written, or its text alone. */
type Written = string | Pick<Asked, 'type' | 'choices'>;

/** Reads a question to the operator, or several. */
export function readAsk(
  ask: StepDocument['ask']['ask'],
  names: Names,
  reader: PartReader,
  { secrets, inputs }: StepSurroundings,
): AskStep | undefined {
  const asked = readQuestion(ask, ['ask'], names, reader, secrets);
  if (asked === undefined || typeof ask === 'string') return asked && { kind: 'ask', ...asked };
  if (ask.input !== undefined) return readAskedInput(ask, asked.question, inputs, reader);
  if (ask.fields === undefined) return { kind: 'ask', ...asked };
  reportStray(ask, ['type', 'choices'], reader, 'each field has its own answer');
  const written = Object.entries(ask.fields);
  if (written.length === 0)
    reader.report('missing-key', reader.span(['ask', 'fields']), 'there are no fields');
  const fields = written.flatMap(([name, field]): readonly AskedField[] => {
    const question = readQuestion(field, ['ask', 'fields', name], names, reader, secrets);
    return question === undefined ? [] : [{ name, ...question }];
  });
  return { kind: 'ask', question: asked.question, answer: 'text', choices: [], fields };
}

function readQuestion(
  written: Written,
  path: Path,
  names: Names,
  reader: PartReader,
  secrets: SecretNames,
): Question | undefined {
  const short = typeof written === 'string';
  const question = readShown(short ? path : [...path, 'question'], names, reader, secrets);
  if (question === undefined) return undefined;
  const listed = short ? undefined : written.choices;
  const isListed = typeof listed === 'string';
  const choices = isListed ? [] : (listed ?? []);
  const choicesFrom = isListed
    ? readListed([...path, 'choices'], names, reader, secrets)
    : undefined;
  const answer = (short ? undefined : written.type) ?? (listed === undefined ? 'text' : 'choice');
  if (answer === 'choice' && !isListed && choices.length === 0)
    reader.report('missing-key', reader.span(path), 'a choice has no choices', 'add choices: […]');
  return { question, answer, choices, ...defined({ choicesFrom }) };
}

/** Reads the expression of choices that an earlier step has found. */
function readListed(
  path: Path,
  names: Names,
  reader: PartReader,
  secrets: SecretNames,
): Expression | undefined {
  const items = reader.list(path, names);
  const secret = items?.names.find((use) => isSecret(use.path, secrets));
  if (secret !== undefined)
    reader.report(
      'secret-in-text',
      secret.span,
      `${secret.path.join('.')} is secret, and every choice would be shown`,
      'choose from values that may be shown',
    );
  return items;
}

function readAskedInput(
  ask: Asked,
  question: Template,
  inputs: readonly InputDefinition[],
  reader: PartReader,
): AskStep | undefined {
  const { input: name = '' } = ask;
  const input = inputs.find((one) => one.name === name);
  if (input === undefined) {
    const known = inputs.map((one) => one.name);
    const message = `the runbook has no input "${name}"`;
    reader.report('unknown-name', reader.span(['ask', 'input']), message, didYouMean(name, known));
    return undefined;
  }
  const why = 'the answer is a value of the input, and read as one';
  if (reportStray(ask, ['type', 'choices', 'fields'], reader, why)) return undefined;
  const answer = input.secret ? 'secret' : 'text';
  return { kind: 'ask', question, answer, choices: choicesOf(input), input: name };
}

/** Reports the first of some keys that a question has beside another that excludes it. */
function reportStray(
  ask: Asked,
  keys: readonly ('type' | 'choices' | 'fields')[],
  reader: PartReader,
  why: string,
): boolean {
  const stray = keys.find((key) => ask[key] !== undefined);
  if (stray === undefined) return false;
  reader.report('keys-conflict', reader.keySpan(['ask', stray]), why, `leave ${stray}: out`);
  return true;
}

/** An input that takes one of some texts offers them; a list is typed. */
function choicesOf({ type, enum: only }: InputDefinition): readonly string[] {
  return type === 'list' ? [] : (only ?? []).map(String);
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
