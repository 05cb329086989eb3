import { environmentError } from '#errors.ts';
import type { RecordedEvent } from '#events/log/event.ts';
import type { RunView } from '#events/view/run-view.ts';
import { begunBytes, characterStart } from '#text/utf8.ts';
import { isOutputPath, type OutputSource } from './port.ts';

/** The number of bytes shown of either end of a long output. */
const END_BYTES = 2 * 1024 * 1024;
/** The number shown while it grows: keys are answered within 100 ms even under fast output. */
const GROWING_END_BYTES = 256 * 1024;
/** A line at a cut stays whole, unless it is longer than this. */
const LINE_BYTES = 64 * 1024;
const LINE_END = 0x0a;

/** Returns whether an output file may still grow: its execution has no recorded end. */
export function isGrowing({ steps, adhoc = [] }: RunView, file: string): boolean {
  return ![...steps, ...adhoc].some(({ executions }) =>
    executions.some(({ outputs }) => outputs.some((output) => output.file === file)),
  );
}

/**
 * Reads the beginnings of all outputs of a run, up to a number of bytes of each. Omits those that
 * do not exist, and any path that is not an output, which only a modified journal can contain.
 */
export async function startsOfOutputs(
  source: OutputSource,
  records: readonly RecordedEvent[],
  limitBytes = Number.POSITIVE_INFINITY,
): Promise<ReadonlyMap<string, string>> {
  const starts = new Map<string, string>();
  for (const { event } of records) {
    if (event.type !== 'step.finished') continue;
    for (const { file } of event.outputs) {
      const size = isOutputPath(file) ? await source.size(file) : undefined;
      if (size === undefined) continue;
      starts.set(file, (await source.read(file, 0, Math.min(size, limitBytes))).toString());
    }
  }
  return starts;
}

/**
 * Reads the displayed part of an output file in its current state: all of it, or both ends of a
 * long one, and between them the omitted size and the location of the whole file. Lines and
 * characters at the cuts are whole, and memory is bounded. Rejects if it cannot be read.
 */
export async function shownOutput(
  source: OutputSource,
  file: string,
  options: { readonly isGrowing: boolean },
): Promise<string> {
  if (!isOutputPath(file)) throw environmentError('this is not an output of the run');
  const size = await source.size(file);
  if (size === undefined) throw environmentError('this output is not there');
  const endBytes = options.isGrowing ? GROWING_END_BYTES : END_BYTES;
  if (size <= 2 * endBytes) return wholeCharacters(await source.read(file, 0, size));
  const head = untilLineEnd(await source.read(file, 0, endBytes));
  const tail = fromLineStart(await source.read(file, size - endBytes, endBytes));
  const leftOut = size - head.length - tail.length;
  const where = source.whereIs(file);
  const note = `… ${leftOut} of ${size} bytes are left out here; all of them are in ${where} …`;
  const isInLine = head.at(-1) !== LINE_END;
  return `${wholeCharacters(head)}${isInLine ? '\n' : ''}\n${note}\n\n${tail.toString()}`;
}

function untilLineEnd(bytes: Buffer): Buffer {
  const end = bytes.lastIndexOf(LINE_END);
  return end === -1 || end < bytes.length - LINE_BYTES ? bytes : bytes.subarray(0, end + 1);
}

function fromLineStart(bytes: Buffer): Buffer {
  const end = bytes.indexOf(LINE_END);
  const isNear = end !== -1 && end < LINE_BYTES;
  return bytes.subarray(isNear ? end + 1 : characterStart(bytes));
}

/** The end may be inside a character whose rest was cut off or is still to be written. */
function wholeCharacters(bytes: Buffer): string {
  return bytes.toString('utf8', 0, bytes.length - begunBytes(bytes));
}
