import { didYouMean } from '#text/suggest.ts';
import type { Expression } from '../expression/cel.ts';
import type { Names } from '../expression/known-names.ts';
import type { Template } from '../expression/template.ts';
import { defined } from '../model/defined.ts';
import type { AskStep, InputDefinition } from '../model/runbook.ts';
import { isSecret, refuseSecrets, type SecretNames } from '../model/secrets.ts';
import type { StepDocument } from '../schema/step.ts';
import type { PartReader, Path } from './part-reader.ts';
import type { StepSurroundings } from './step-surroundings.ts';

/** Reads a question to the operator. */
export function readAsk(
  ask: StepDocument['ask']['ask'],
  names: Names,
  reader: PartReader,
  { secrets, inputs }: StepSurroundings,
): AskStep | undefined {
  const short = typeof ask === 'string';
  const question = readShown(short ? ['ask'] : ['ask', 'question'], names, reader, secrets);
  if (question === undefined) return undefined;
  if (!short && ask.input !== undefined) return readAskedInput(ask, question, inputs, reader);
  const written = short ? [] : (ask.choices ?? []);
  const isListed = typeof written === 'string';
  const choices = isListed ? [] : written;
  const hasChoices = isListed || choices.length > 0;
  const choicesFrom = isListed ? readListed(names, reader, secrets) : undefined;
  const answer = (short ? undefined : ask.type) ?? (hasChoices ? 'choice' : 'text');
  if (answer === 'choice' && !hasChoices)
    reader.report(
      'missing-key',
      reader.span(['ask']),
      'a choice has no choices',
      'add choices: […]',
    );
  return { kind: 'ask', question, answer, choices, ...defined({ choicesFrom }) };
}

/** Reads the expression of choices that an earlier step has found. */
function readListed(
  names: Names,
  reader: PartReader,
  secrets: SecretNames,
): Expression | undefined {
  const items = reader.list(['ask', 'choices'], names);
  const secret = items?.names.find(({ path }) => isSecret(path, secrets));
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
  { input: name = '', type, choices }: Exclude<StepDocument['ask']['ask'], string>,
  question: Template,
  inputs: readonly InputDefinition[],
  reader: PartReader,
): AskStep | undefined {
  const input = inputs.find((one) => one.name === name);
  if (input === undefined) {
    const known = inputs.map((one) => one.name);
    const message = `the runbook has no input "${name}"`;
    reader.report('unknown-name', reader.span(['ask', 'input']), message, didYouMean(name, known));
    return undefined;
  }
  const stray = type === undefined ? choices && 'choices' : 'type';
  if (stray !== undefined)
    reader.report(
      'keys-conflict',
      reader.keySpan(['ask', stray]),
      'the answer is a value of the input, and read as one',
      `leave ${stray}: out`,
    );
  const answer = input.secret ? 'secret' : 'text';
  return { kind: 'ask', question, answer, choices: choicesOf(input), input: name };
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
