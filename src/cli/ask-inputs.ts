import { EXIT, RunbookError } from '../errors.ts';
import { openPrompts } from '../report/prompts.ts';
import type { InputDefinition } from '../runbook/runbook.ts';

/** Asks for inputs on the terminal; secrets are not echoed. Throws when no answer is given. */
export async function askInputs(
  inputs: readonly Pick<InputDefinition, 'name' | 'secret' | 'description'>[],
): Promise<Readonly<Record<string, string>>> {
  const prompts = openPrompts(process.stdin, process.stdout);
  try {
    const answers: Record<string, string> = {};
    for (const { name, secret, description } of inputs) {
      const about = description === undefined ? '' : ` (${description})`;
      const reply = await prompts.ask(`${name}${about}: `, { masked: secret });
      if (reply.kind !== 'line') throw unanswered(name);
      answers[name] = reply.text;
    }
    return answers;
  } finally {
    prompts.close();
    // A stream whose listener has just gone knows it after this turn only, and reads for nobody else before.
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function unanswered(name: string): RunbookError {
  return new RunbookError(`no ${name} was given`, {
    code: 'no-answer',
    exitCode: EXIT.notConfirmed,
  });
}
