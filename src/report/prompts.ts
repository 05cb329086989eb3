import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';

/** What came of asking for a line: text, a Ctrl-C, or the end of the input. */
export type Reply =
  | { readonly kind: 'line'; readonly text: string }
  | { readonly kind: 'interrupted' }
  | { readonly kind: 'closed' };

/** Asks a person for one line at a time. */
export interface Prompts {
  /** Asks and waits for a line; with `masked` nothing typed is shown. */
  ask(question: string, options?: { readonly masked?: boolean }): Promise<Reply>;
  /** Calls the listener for every Ctrl-C while nothing is asked. */
  onInterrupt(listener: () => void): void;
  /** Lets something else have the terminal until it is released; nothing is asked meanwhile. */
  lend?(): { release(): void };
  /** Gives the terminal back; a question still open ends as `closed`. */
  close(): void;
}

/** Opens prompts on a terminal. */
export function openPrompts(input: NodeJS.ReadableStream, output: NodeJS.WritableStream): Prompts {
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
  const answer = (reply: Reply): void => {
    if (isMuted) output.write('\n');
    isMuted = false;
    const open = settle;
    settle = undefined;
    open?.(reply);
  };
  lines.on('line', (text) => answer({ kind: 'line', text }));
  lines.on('SIGINT', () => {
    if (settle === undefined) interrupt();
    else {
      output.write('\n');
      answer({ kind: 'interrupted' });
    }
  });
  let isClosed = false;
  lines.on('close', () => {
    isClosed = true;
    answer({ kind: 'closed' });
  });
  return {
    ask(question, options) {
      if (isClosed) return Promise.resolve({ kind: 'closed' });
      return new Promise((resolve) => {
        settle = resolve;
        lines.setPrompt(question);
        // What was typed ahead was typed without having seen the question.
        lines.write(null, { ctrl: true, name: 'u' });
        lines.prompt();
        isMuted = options?.masked === true;
      });
    },
    onInterrupt(listener) {
      interrupt = listener;
    },
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

function setRaw(input: NodeJS.ReadableStream, isRaw: boolean): void {
  if ('setRawMode' in input && typeof input.setRawMode === 'function') input.setRawMode(isRaw);
}
