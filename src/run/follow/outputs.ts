import type { ShownItem } from '#events/log/event.ts';
import type { LiveOutput } from '#events/log/live.ts';
import type { RunView } from '#events/view/run-view.ts';
import type { OutputStream } from '#steps/executor.ts';
import { outputName } from '../outputs/captured.ts';
import { LIVE_LINES, LiveTail } from '../outputs/live-tail.ts';
import type { OutputSource } from '../outputs/port.ts';

/** The number of bytes read per poll; of faster output only the end is read. */
const PIECE_BYTES = 64 * 1024;
const STREAMS: readonly OutputStream[] = ['stdout', 'stderr'];

/** A running action, and the files of its output. */
type Printing = {
  readonly key: string;
  readonly about: { readonly step: string; readonly item?: ShownItem };
  readonly files: Readonly<Record<OutputStream, string>>;
};

type Followed = { readonly tail: LiveTail; readonly read: Map<string, number> };

/**
 * Follows the most recent output lines of another process's actions, in the masked files it keeps.
 */
export class FollowedOutputs {
  readonly #source: OutputSource;
  readonly #onLive: (live: LiveOutput) => void;
  readonly #followed = new Map<string, Followed>();

  /** Creates a follower of the outputs of a run. */
  constructor(source: OutputSource, onLive: (live: LiveOutput) => void) {
    this.#source = source;
    this.#onLive = onLive;
  }

  /** Reads the output of the running actions since the last poll. */
  async look(view: RunView): Promise<void> {
    const printing = printingIn(view);
    for (const key of this.#followed.keys())
      if (!printing.some((one) => one.key === key)) this.#followed.delete(key);
    for (const one of printing) for (const stream of STREAMS) await this.#read(one, stream);
  }

  async #read(printing: Printing, stream: OutputStream): Promise<void> {
    const file = await newestOf(this.#source, `outputs/${printing.files[stream]}`);
    if (file === undefined) return;
    const { tail, read } = this.#followed.get(printing.key) ?? this.#follow(printing);
    const { bytes, end } = await bytesAfter(this.#source, file, read.get(file) ?? 0);
    read.set(file, end);
    if (bytes.length > 0) tail.push(stream, bytes);
  }

  #follow({ key, about }: Printing): Followed {
    const read = new Map<string, number>();
    const onChange = (lines: readonly string[], bytes: number): void =>
      this.#onLive({ ...about, lines, bytes, files: [...read.keys()] });
    const followed = { tail: new LiveTail({ lines: LIVE_LINES, onChange }), read };
    this.#followed.set(key, followed);
    return followed;
  }
}

function printingIn(view: RunView): readonly Printing[] {
  const { steps, adhoc = [] } = view;
  return [...steps, ...adhoc].flatMap(({ id: step, visits: visit, executions }) =>
    executions
      .filter(({ status }) => status === 'running')
      .map(({ part, attempt, item }): Printing => {
        const of = { step, visit, part, attempt, item: item?.index };
        const stdout = outputName({ ...of, stream: 'stdout' });
        const stderr = outputName({ ...of, stream: 'stderr' });
        const about = item === undefined ? { step } : { step, item };
        return { key: stdout, about, files: { stdout, stderr } };
      }),
  );
}

/** An interrupted run may have left a file of the same execution: the most recent one counts. */
async function newestOf(source: OutputSource, file: string): Promise<string | undefined> {
  if ((await source.size(file)) === undefined) return undefined;
  let newest = file;
  for (let number = 2; (await source.size(`${file}.${number}`)) !== undefined; number += 1)
    newest = `${file}.${number}`;
  return newest;
}

async function bytesAfter(
  source: OutputSource,
  file: string,
  offset: number,
): Promise<{ readonly bytes: Buffer; readonly end: number }> {
  const end = (await source.size(file)) ?? offset;
  const start = Math.max(offset, end - PIECE_BYTES);
  return { bytes: await source.read(file, start, Math.max(0, end - start)), end };
}
