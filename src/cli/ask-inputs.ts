import { EXIT, RunbookError } from '#errors.ts';
import { type Prompts, withPrompts } from '#report/plain/prompts.ts';
import { acceptedText, inputRefusal } from '#runbook/model/input-text.ts';
import type { InputDefinition } from '#runbook/model/runbook.ts';
import { harmlessLine } from '#text/harmless.ts';
import { lineColumns } from './terminal-size.ts';

/** An input to ask for, or another value with its name. */
type Asked = Pick<InputDefinition, 'name' | 'secret' | 'description'> & Partial<InputDefinition>;

/**
 * Asks for inputs on the terminal, each until its value has the right type; secrets are not echoed.
 * Throws if no answer is given.
 */
export async function askInputs(
  inputs: readonly Asked[],
): Promise<Readonly<Record<string, string>>> {
  return await withPrompts(async (prompts) => {
    const answers: Record<string, string> = {};
    for (const input of inputs) answers[input.name] = await askInput(prompts, input);
    return answers;
  });
}

async function askInput(prompts: Prompts, input: Asked): Promise<string> {
  const { name, secret, description, env, type = 'text' } = input;
  const accepted = acceptedText({ ...input, type });
  const about = [
    ...(description === undefined ? [] : [description]),
    ...(accepted === undefined ? [] : [accepted]),
    ...(env === undefined ? [] : [`or set ${env}`]),
    ...(secret ? ['hidden while you type'] : []),
  ].join('; ');
  for (;;) {
    const reply = await prompts.ask(question(name, about), { masked: secret });
    if (reply.kind !== 'line') throw unanswered(name);
    const refusal = inputRefusal({ ...input, type }, reply.text);
    if (refusal === undefined) return reply.text;
    process.stdout.write(`${harmlessLine(refusal)}\n`);
  }
}

/** Readline redraws a question that is longer than its line, so a long one is printed above it. */
function question(name: string, about: string): string {
  const short = about === '' ? `${name}: ` : `${name} (${about}): `;
  if (short.length < lineColumns() / 2) return short;
  process.stdout.write(`${about}\n`);
  return `${name}: `;
}

/** Returns an input's name, with the environment variable that provides it. */
export function withVariable({ name, env }: Pick<InputDefinition, 'name' | 'env'>): string {
  return env === undefined ? name : `${name} (or ${env})`;
}

function unanswered(name: string): RunbookError {
  return new RunbookError(`${name} was not given`, {
    code: 'no-answer',
    exitCode: EXIT.notConfirmed,
  });
}
