import {
  type ChildTexts,
  childTexts,
  lackingInputs,
  type OpenInputs,
} from '#run/values/child-inputs.ts';
import type { Runbook } from '#runbook/model/runbook.ts';
import { askInputs } from './ask-inputs.ts';
import type { Presentation } from './present-run.ts';

/**
 * Returns the texts for the runbooks that run as steps, and asks for missing required ones. If
 * nobody can answer, they stay missing: the step that needs them fails with that reason.
 */
export async function completeChildren(
  runbook: Runbook,
  given: ChildTexts,
  presentation: Presentation,
): Promise<ChildTexts> {
  if (presentation === 'lines') return given;
  const lacking = lackingInputs(runbook, childTexts(runbook, { given, env: process.env }));
  return withTexts(given, await askChildInputs(lacking));
}

/** Asks for inputs of inner runbooks under qualified names, e.g. `restart-queue.queue`. */
export async function askChildInputs(wanted: readonly OpenInputs[]): Promise<ChildTexts> {
  if (wanted.length === 0) return new Map();
  const answers = await askInputs(
    wanted.flatMap(({ runbook: { name: child }, inputs }) =>
      inputs.map((input) => ({ ...input, name: `${child}.${input.name}` })),
    ),
  );
  return new Map(
    wanted.map(({ runbook: { name: child }, inputs }) => {
      const texts = inputs.map(({ name }) => [name, answers[`${child}.${name}`] ?? ''] as const);
      return [child, Object.fromEntries(texts)] as const;
    }),
  );
}

/** Returns texts merged with others. */
export function withTexts(texts: ChildTexts, more: ChildTexts): ChildTexts {
  const names = new Set([...texts.keys(), ...more.keys()]);
  return new Map([...names].map((name) => [name, { ...texts.get(name), ...more.get(name) }]));
}
