import type {
  AskedField,
  Clause,
  FinishStep,
  Question,
  Runbook,
  RunbookStep,
  Step,
  WaitStep,
} from '#runbook/model/runbook.ts';
import { formatDuration } from '#text/duration.ts';
import { actionBlocks, bodyBlocks, placeOf, vouchedBlocks } from './actions.ts';
import { type Block, heading, inlineCode, prose, text } from './block.ts';

/** Returns a step as a section of a document; `number` is its position in the runbook. */
export function stepBlocks(step: Step, runbook: Runbook, number: number): readonly Block[] {
  return [
    heading(3, `${number}. ${step.title}`),
    ...aboutStep(step),
    ...doingBlocks(step, runbook),
    ...branchBlocks(step, runbook),
  ];
}

function choiceTexts({ choices, choicesFrom }: Question): readonly string[] {
  if (choicesFrom !== undefined) return [`One of: ${inlineCode(choicesFrom.text)}`];
  return choices.length === 0 ? [] : [`One of: ${choices.map(inlineCode).join(' · ')}`];
}

function fieldText(field: AskedField): string {
  return [prose(field.question), ...choiceTexts(field)].join(' ');
}

/** Returns the instructions of a step, without its title and its transitions. */
export function doingBlocks({ does }: Step, runbook: Runbook): readonly Block[] {
  switch (does.kind) {
    case 'ask':
      return [
        text('Answer:'),
        { kind: 'quote', text: prose(does.question) },
        ...(does.fields === undefined
          ? choiceTexts(does).map(text)
          : [{ kind: 'list' as const, items: does.fields.map(fieldText) }]),
        ...(does.answer === 'secret'
          ? [text('The answer is a secret. Do not write it down.')]
          : []),
      ];
    case 'manual':
      return [text(prose(does.instruction))];
    case 'wait':
      return waitBlocks(does, runbook);
    case 'runbook':
      return nestedBlocks(does);
    case 'parallel':
      return [
        text('In any order, or at the same time:'),
        ...does.steps.flatMap((branch) => [
          heading(4, branch.title),
          ...aboutStep(branch),
          ...doingBlocks(branch, runbook),
        ]),
      ];
    case 'finish':
      return [text(endOf(does))];
    default:
      return actionBlocks(does, runbook);
  }
}

function endOf({ outcome, summary, unchecked, continueWith }: FinishStep): string {
  const parts = [
    prose(summary),
    ...(unchecked === undefined ? [] : [prose(unchecked)]),
    ...(continueWith === undefined ? [] : [`Continue with ${inlineCode(continueWith)}.`]),
  ];
  return `Ends **${outcome}**: ${parts.join(' ')}`;
}

/** Returns why a step is there, when it is skipped, and the items that it runs for. */
export function aboutStep(step: Step): readonly Block[] {
  const each = step.forEach;
  const pace =
    each !== undefined && each.concurrency > 1
      ? `up to ${each.concurrency} at a time`
      : 'one after the other';
  return [
    ...(step.why === undefined ? [] : [text(step.why)]),
    ...(step.if === undefined
      ? []
      : [text(`Only if ${inlineCode(step.if.text)}; otherwise skip this step.`)]),
    ...(each === undefined
      ? []
      : [text(`For each ${inlineCode(each.as)} of ${inlineCode(each.items.text)}, ${pace}:`)]),
  ];
}

function waitBlocks({ ms, until }: WaitStep, runbook: Runbook): readonly Block[] {
  if (until === undefined) return [text(`Wait ${formatDuration(ms)}.`)];
  const { everyMs, condition, body, readBecause } = until;
  return [
    text(
      `Wait until ${inlineCode(condition.text)}, for at most ${formatDuration(ms)}. Check every ${formatDuration(everyMs)}${placeOf(body, runbook)}:`,
    ),
    ...bodyBlocks(body, runbook),
    ...vouchedBlocks(readBecause),
  ];
}

function nestedBlocks({ runbook, with: given }: RunbookStep): readonly Block[] {
  const values = Object.entries(given).map(([name, value]) => {
    const shown =
      typeof value === 'object' && value !== null && 'placeholders' in value
        ? String(value.text)
        : JSON.stringify(value);
    return `${inlineCode(name)}: ${inlineCode(shown)}`;
  });
  const shown = inlineCode(`runbook show ${runbook.name}`);
  return [
    text(`Work through *${runbook.title}* (${shown})${values.length === 0 ? '.' : ', with:'}`),
    ...(values.length === 0 ? [] : [{ kind: 'list' as const, items: values }]),
  ];
}

function branchBlocks({ next }: Step, runbook: Runbook): readonly Block[] {
  if (next.length === 0) return [];
  const [only] = next;
  if (next.length === 1 && only?.if === undefined && only !== undefined)
    return [text(`Then${after(only, runbook)}`)];
  return [
    text('Then:'),
    { kind: 'list', items: next.map((clause) => clauseLine(clause, runbook)) },
  ];
}

function clauseLine(clause: Clause, runbook: Runbook): string {
  const condition = clause.if === undefined ? 'Otherwise' : `If ${inlineCode(clause.if.text)}`;
  return `${condition}${after(clause, runbook)}`;
}

function after({ finding, isCause, goto }: Clause, { steps }: Runbook): string {
  const at = steps.findIndex(({ id }) => id === goto);
  const way = at < 0 ? 'continue' : `go to *${steps[at]?.title}* (step ${at + 1})`;
  if (finding === undefined) return `: ${way}`;
  return `: ${isCause ? '**cause:** ' : ''}${prose(finding)} → ${way}`;
}
