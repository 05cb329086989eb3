import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { newOperator, type Operator } from '../operator.ts';
import { type Answers, type Solved, solve } from '../solve-fault.ts';

/** The folder of the examples for authors. */
export const EXAMPLES = fileURLToPath(new URL('../../../docs/author/examples', import.meta.url));

/** The names of the example runbooks. */
export const EXAMPLE_NAMES = readdirSync(EXAMPLES)
  .filter((name) => /^[a-z-]+\.yaml$/.test(name))
  .map((name) => name.replace('.yaml', ''));

/** How an example went, and who ran it. */
export type SolvedExample = Solved & { readonly kim: Operator };

/** Runs an example with the built command as an operator would, and returns how it went. */
export async function solveExample(
  name: string,
  inputs: Readonly<Record<string, string>>,
  answers: Answers,
  env: Readonly<Record<string, string>> = {},
): Promise<SolvedExample> {
  const kim = newOperator(env);
  const given = Object.entries(inputs).flatMap(([key, value]) => ['--input', `${key}=${value}`]);
  const solved = await solve(kim, ['run', name, '--dir', EXAMPLES, ...given], answers);
  return { ...solved, kim };
}
