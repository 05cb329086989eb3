import { parseDuration } from '#text/duration.ts';
import type { InputDefinition, InputType } from '../model/runbook.ts';
import type { Json } from '../model/value.ts';
import type { Head } from '../schema/runbook.ts';
import type { PartReader } from './part-reader.ts';

type InputDocument = NonNullable<Head['inputs']>[string];

/** Reads the inputs of a runbook; a default that does not fit its type is reported. */
export function readInputs(head: Head, reader: PartReader): readonly InputDefinition[] {
  return Object.entries(head.inputs ?? {}).map(([name, input]) => {
    checkDefault(name, input, reader);
    return inputOf(name, input);
  });
}

function inputOf(name: string, input: InputDocument): InputDefinition {
  return {
    name,
    type: input.type ?? 'text',
    secret: input.secret ?? false,
    required: input.required ?? input.default === undefined,
    default: input.default ?? null,
    env: input.env,
    description: input.description,
  };
}

function checkDefault(
  name: string,
  { type = 'text', default: value }: InputDocument,
  reader: PartReader,
): void {
  if (value === undefined || isOfType(value, type)) return;
  const span = reader.span(['inputs', name, 'default']);
  const hint = {
    text: 'put it into quotes, or say its type',
    url: 'put it into quotes',
    number: 'a number, without quotes',
    boolean: 'true or false, without quotes',
    duration: 'a duration: 500ms, 10s, 5m or 1h',
  }[type];
  reader.report('wrong-type', span, `the default of a ${type} input is not a ${type}`, hint);
}

/** Tells whether a literal value fits the type of an input. */
export function isOfType(value: Json, type: InputType): boolean {
  if (type === 'duration') return parseDuration(String(value)) !== undefined;
  return typeof value === (type === 'text' || type === 'url' ? 'string' : type);
}
