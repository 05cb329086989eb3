import type { LiveOutput } from '#events/log/live.ts';
import type { ShownItem } from '#events/log/parts.ts';
import { tellGate } from '#events/telling/gate.ts';
import { stepsInside } from '#events/view/place-in-run.ts';
import type { ExecutionView, GateView, RunView, StepView } from '#events/view/run-view.ts';
import { errorName, itemText, STATE_SIGN, titleOf } from '#events/wording/phrases.ts';
import { rowsOf } from '#events/wording/table-layout.ts';
import { counted } from '#text/count.ts';
import { formatDuration, timeOfDay } from '#text/duration.ts';
import { harmlessLine } from '#text/harmless.ts';
import type { Block } from './block.ts';

/**
 * Returns everything that a step's last visit and the steps inside it executed and returned, and
 * the output so far of what still runs.
 */
export function outputBlocks(
  view: RunView,
  step: StepView,
  live: readonly LiveOutput[] = [],
): readonly Block[] {
  const inside = stepsInside(view, step.id).flatMap((one): readonly Block[] => {
    const blocks = outputBlocks(view, one, live);
    const title = { kind: 'text', text: `${STATE_SIGN[one.state]} ${one.title}` } as const;
    return blocks.length === 0 ? [] : [title, ...blocks];
  });
  const own = live.filter((one) => one.step === step.id);
  return [...step.executions.flatMap((one) => executionBlocks(one, own)), ...inside];
}

function executionBlocks(execution: ExecutionView, live: readonly LiveOutput[]): readonly Block[] {
  const { part, attempt, status, ms, action, error, item } = execution;
  const which = item === undefined ? '' : ` · ${itemText(item)}`;
  const table = rowsOf(execution.result);
  const note = ms === undefined ? status : `${status}, ${formatDuration(ms)}`;
  return [
    { kind: 'heading', text: `${attempt > 1 ? `${part} ${attempt}` : part}${which}`, note },
    { kind: 'command', action },
    ...(error === undefined
      ? []
      : [{ kind: 'text', text: `${errorName(error)}\n${error.message}` } as const]),
    ...(table === undefined ? [] : [{ kind: 'table', table } as const]),
    ...(status === 'running'
      ? live.filter((one) => isSame(one.item, item)).flatMap(liveBlocks)
      : []),
    ...execution.outputs.flatMap(
      ({ stream, file, bytes, droppedBytes, tail }): readonly Block[] => {
        const dropped = droppedBytes > 0 ? `, ${counted(droppedBytes, 'more byte')} not kept` : '';
        return [
          { kind: 'text', text: `${stream}: ${counted(bytes, 'byte')}${dropped}`, quiet: true },
          { kind: 'file', file, text: undefined },
          ...(droppedBytes > 0 && tail !== '' ? lastBlocks(tail.split('\n').slice(1)) : []),
        ];
      },
    ),
  ];
}

/** Returns the output so far from its files, or its last lines if the files cannot be read. */
function liveBlocks({ lines, bytes, files = [], droppedBytes = 0 }: LiveOutput): readonly Block[] {
  const text = `${counted(bytes, 'byte')} when this was opened:`;
  const [first] = files;
  return [
    { kind: 'text', text, quiet: true },
    ...files.map((file): Block => {
      const instead = file === first ? { instead: lines.join('\n') } : {};
      return { kind: 'file', file, text: undefined, ...instead };
    }),
    ...(first === undefined || droppedBytes > 0 ? lastBlocks(lines) : []),
  ];
}

/** Returns the last lines of output beyond the size limit, which no file holds. */
function lastBlocks(lines: readonly string[]): readonly Block[] {
  return [
    { kind: 'text', text: 'Last lines:', quiet: true },
    { kind: 'text', text: lines.join('\n') },
  ];
}

function isSame(one: ShownItem | undefined, other: ShownItem | undefined): boolean {
  return one?.index === other?.index;
}

/** Returns the output files that blocks still need to load. */
export function filesOf(blocks: readonly Block[]): readonly string[] {
  return blocks.flatMap((block) =>
    block.kind === 'file' && block.text === undefined ? [block.file] : [],
  );
}

/** Returns the blocks with the text of a loaded file. */
export function withFile(blocks: readonly Block[], file: string, text: string): readonly Block[] {
  return blocks.map((block) =>
    block.kind === 'file' && block.file === file ? { ...block, text } : block,
  );
}

/** Returns the blocks with the error of an unreadable file and the output known without it. */
export function withoutFile(
  blocks: readonly Block[],
  file: string,
  reason: string,
): readonly Block[] {
  return blocks.map((block) => {
    if (block.kind !== 'file' || block.file !== file) return block;
    const { instead } = block;
    const known = instead === undefined ? '' : `\n\nLast lines:\n${instead}`;
    return { ...block, text: `cannot be read: ${reason}${known}` };
  });
}

/**
 * Returns all details of what the run waits for or runs, an open gate or a step's command, and the
 * findings so far.
 */
export function detailBlocks(view: RunView): readonly Block[] {
  return [...presentBlocks(view), ...foundBlocks(view)];
}

/** Returns all findings so far, with their time and step. */
function foundBlocks(view: RunView): readonly Block[] {
  if (view.findings.length === 0) return [];
  return [
    { kind: 'heading', text: 'Found so far' },
    {
      kind: 'text',
      text: view.findings
        .map(({ at, step, text }) => `${timeOfDay(at)} ${text} (${titleOf(view, step)})`)
        .map(harmlessLine)
        .join('\n'),
    },
  ];
}

function presentBlocks(view: RunView): readonly Block[] {
  const { awaited, gate } = view;
  if (gate !== undefined) return gateBlocks(gate);
  const step = view.steps.find(({ id }) => id === (awaited?.step ?? view.current));
  if (step === undefined) return [];
  const action = awaited?.action ?? step.executions.at(-1)?.action;
  return [
    { kind: 'heading', text: step.title, note: step.effect },
    ...(step.why === undefined ? [] : [{ kind: 'text', text: step.why } as const]),
    ...(action === undefined ? [] : [{ kind: 'command', action } as const]),
  ];
}

function gateBlocks(gate: GateView): readonly Block[] {
  const { kind, place, news, rows, undo, warnings } = tellGate(gate);
  const about = [...place, ...news, ...warnings.map(({ name, text }) => `${name}: ${text}`)];
  const end = [...(undo === undefined ? [] : [undo]), `digest: ${gate.digest}`];
  return [
    { kind: 'heading', text: gate.title, note: kind },
    ...(about.length === 0 ? [] : [{ kind: 'text', text: about.join('\n') } as const]),
    { kind: 'command', action: gate.action },
    { kind: 'text', text: end.join('\n'), quiet: true },
    ...(gate.preview === undefined
      ? []
      : [
          { kind: 'heading', text: rows?.ahead ?? '', note: `read ${gate.preview.at}` } as const,
          { kind: 'table', table: gate.preview } as const,
        ]),
  ];
}
