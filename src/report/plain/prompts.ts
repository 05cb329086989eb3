import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';

/** The reply to a prompt: a line of text, a Ctrl-C, or the end of the input. */
export type Reply =
  | { readonly kind: 'line'; readonly text: string }
  | { readonly kind: 'interrupted' }
  | { readonly kind: 'closed' };

/** The options of a prompt. */
export type PromptOptions = {
  /** Input is not echoed. */
  readonly masked?: boolean;
  /** Lines pasted at once are one answer. */
  readonly manyLines?: boolean;
};

/** The time within which the lines of a paste follow one another. */
export const BURST_MS = 50;

/** Asks a person for one line at a time. */
export interface Prompts {
  /** Asks and waits for an answer; drops input that was typed before the question. */
  ask(question: string, options?: PromptOptions): Promise<Reply>;
  /** Calls the listener for every Ctrl-C while nothing is asked. */
  onInterrupt(listener: () => void): void;
  /** Rings the bell of the terminal. */
  ring(): void;
  /**
   * Hands the terminal to another program until it is released; no questions are asked meanwhile.
   */
  lend?(): { release(): void };
  /** Releases the terminal; a question that is still open ends as `closed`. */
  close(): void;
}

/** Opens prompts on a terminal. */
export function openPrompts(input: NodeJS.ReadableStream, output: NodeJS.WritableStream): Prompts {
  // A screen that had the terminal before has unreferenced it: the program would end with its
  // question open.
  if ('ref' in input && typeof input.ref === 'function') input.ref();
  let isMuted = false;
  let settle: ((reply: Reply) => void) | undefined;
  let interrupt = (): void => undefined;
  const quiet = new Writable({
    write(chunk: Buffer, _, done) {
      if (!isMuted) output.write(chunk);
      done();
    },
  });
  const lines = createInterface({
    input,
    output: quiet,
    terminal: true,
    prompt: '',
    historySize: 0,
  });
  let pasted: string[] | undefined;
  let burst: NodeJS.Timeout | undefined;
  const answer = (reply: Reply): void => {
    clearTimeout(burst);
    pasted = undefined;
    if (isMuted) output.write('\n');
    isMuted = false;
    const open = settle;
    settle = undefined;
    open?.(reply);
  };
  let isEnding = false;
  // Text on the line when the input ends was never entered: a phrase without its Enter.
  const end = (): void => {
    isEnding = true;
  };
  input.prependListener('end', end);
  /** The line was not empty when the question was asked: the next Enter was meant for that text. */
  let isRest = false;
  lines.on('line', (text) => {
    if (isEnding) return;
    const isDropped = isRest && settle !== undefined && text === '';
    isRest = false;
    if (isDropped) return lines.prompt();
    if (pasted === undefined) return answer({ kind: 'line', text });
    pasted.push(text);
    clearTimeout(burst);
    // Text still on the line belongs to the paste: its Enter follows.
    burst = setTimeout(() => {
      if (lines.line === '') answer({ kind: 'line', text: (pasted ?? []).join('\n') });
    }, BURST_MS);
  });
  lines.on('SIGINT', () => {
    if (settle === undefined) interrupt();
    else {
      output.write('\n');
      answer({ kind: 'interrupted' });
    }
  });
  let isGone = false;
  // A terminal that is gone cannot be read, nor restored when the prompts close.
  lines.on('error', () => {
    if (isGone) return;
    isGone = true;
    lines.close();
  });
  let isClosed = false;
  lines.on('close', () => {
    input.off('end', end);
    isClosed = true;
    answer({ kind: 'closed' });
  });
  return {
    async ask(question, options) {
      // Input in the terminal's buffer was typed ahead: it is read now and discarded.
      await nextTurn();
      await nextTurn();
      if (isClosed) return { kind: 'closed' };
      return await new Promise((resolve) => {
        settle = resolve;
        pasted = options?.manyLines === true ? [] : undefined;
        lines.setPrompt(question);
        isRest = lines.line !== '';
        // Input typed ahead was typed without seeing the question.
        lines.write(null, { ctrl: true, name: 'u' });
        lines.prompt();
        isMuted = options?.masked === true;
      });
    },
    onInterrupt(listener) {
      interrupt = listener;
    },
    ring: () => void output.write('\u0007'),
    lend() {
      lines.pause();
      setRaw(input, false);
      return {
        release() {
          setRaw(input, true);
          lines.resume();
        },
      };
    },
    close: () => lines.close(),
  };
}

/**
 * Asks a person something on this process's terminal, and gives the terminal back when `ask` is
 * done.
 */
export async function withPrompts<T>(ask: (prompts: Prompts) => Promise<T>): Promise<T> {
  const prompts = openPrompts(process.stdin, process.stdout);
  try {
    return await ask(prompts);
  } finally {
    prompts.close();
    // A stream notices the removal of its listener only after this turn, and cannot be read by
    // others before.
    await nextTurn();
  }
}

function setRaw(input: NodeJS.ReadableStream, isRaw: boolean): void {
  if ('setRawMode' in input && typeof input.setRawMode === 'function') input.setRawMode(isRaw);
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
