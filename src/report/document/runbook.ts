import { PHASE_NAMES } from '#events/wording/phrases.ts';
import { acceptedText, inputText } from '#runbook/model/input-text.ts';
import type { InputDefinition, Prerequisite, Runbook } from '#runbook/model/runbook.ts';
import { type Block, heading, inlineCode, listed, text } from './block.ts';
import { placesSection } from './places.ts';
import { doingBlocks, stepBlocks } from './step.ts';

/** Returns a runbook as a document that can be followed by hand. */
export function runbookDocument(runbook: Runbook): readonly Block[] {
  const {
    title,
    severity,
    summary,
    impact,
    inputs,
    values = [],
    outputs = [],
    symptoms,
    prevention,
    related,
  } = runbook;
  return [
    heading(1, title),
    text(`Severity **${severity}** · ${inlineCode(`runbook run ${runbook.name}`)}`),
    text(summary),
    ...(impact === undefined ? [] : [heading(2, 'Impact'), text(impact)]),
    ...listed(
      'Symptoms',
      symptoms.map((symptom) =>
        'text' in symptom
          ? inlineCode(symptom.text)
          : `${inlineCode(symptom.pattern)} (a regular expression)`,
      ),
    ),
    ...prerequisiteBlocks(runbook),
    ...listed('Inputs', inputs.map(inputLine)),
    ...listed(
      'Values',
      values.map(({ name, expression }) => `${inlineCode(name)}: ${inlineCode(expression.text)}`),
    ),
    ...placesSection(runbook),
    ...storyBlocks(runbook),
    ...listed(
      'Outputs',
      outputs.map(({ name, expression }) => `${inlineCode(name)}: ${inlineCode(expression.text)}`),
    ),
    ...listed('Prevention', prevention),
    ...listed('Related', related.map(inlineCode)),
  ];
}

function storyBlocks(runbook: Runbook): readonly Block[] {
  const placeholder = inlineCode('${{ … }}');
  return [
    text(
      `To follow this runbook by hand, go from step to step. ${placeholder} stands for a value: write it as one quoted word or literal. If a step fails in a way it does not name, stop and decide. A check that fails is not a *no*.`,
    ),
    ...runbook.steps.flatMap((step, index) => {
      const before = runbook.steps[index - 1];
      const opens = before?.phase !== step.phase && !step.isFinal;
      const closes = step.isFinal && !before?.isFinal;
      const name = closes ? 'Finally' : opens ? PHASE_NAMES[step.phase] : undefined;
      const phase = name === undefined ? [] : [heading(2, name)];
      return [...phase, ...stepBlocks(step, runbook, index + 1)];
    }),
  ];
}

function prerequisiteBlocks(runbook: Runbook): readonly Block[] {
  const { prerequisites } = runbook;
  if (prerequisites.length === 0) return [];
  return [
    heading(2, 'Before you start'),
    ...prerequisites.flatMap((prerequisite) => prerequisiteBlock(prerequisite, runbook)),
  ];
}

function prerequisiteBlock(
  { text: item, check }: Prerequisite,
  runbook: Runbook,
): readonly Block[] {
  const list: Block = { kind: 'list', items: [item] };
  return check === undefined ? [list] : [list, text('Check it:'), ...doingBlocks(check, runbook)];
}

function inputLine(input: InputDefinition): string {
  const { name, description, env, secret, required, default: value } = input;
  const accepted = acceptedText(input);
  const facts = [
    ...(secret ? ['secret'] : []),
    ...(env === undefined ? [] : [`from ${inlineCode(env)}`]),
    ...(accepted === undefined ? [] : [inlineCode(accepted)]),
    ...(value === null ? [] : [`default ${inlineCode(inputText(value))}`]),
    ...(required || value !== null ? [] : ['optional']),
  ];
  const about = facts.length === 0 ? '' : ` (${facts.join(', ')})`;
  return `${inlineCode(name)}${about}${description === undefined ? '' : `: ${description}`}`;
}
