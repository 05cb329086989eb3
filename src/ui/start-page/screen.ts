import { showWhileLoading } from '../terminal/first-frame.ts';
import type { StartAppProps } from './app.tsx';
import { drawStart } from './frame.ts';
import type { StartChoice } from './page.ts';
import { START } from './state.ts';

/** The options of the start page. */
export type StartScreenOptions = Omit<StartAppProps, 'onChoice' | 'clock'> & {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  /** False draws without colors (`NO_COLOR`); color alone never carries meaning. */
  readonly coloured: boolean;
  /** Returns milliseconds since 1970; `Date.now` by default. */
  readonly clock?: () => number;
};

const SIGNALS = ['SIGHUP', 'SIGINT', 'SIGTERM'] as const;

/** Shows the start page until a choice is made; resolves after the terminal is restored. */
export async function showStartPage(options: StartScreenOptions): Promise<StartChoice> {
  const { stdin, stdout, coloured, clock = Date.now, ...parts } = options;
  let choice: StartChoice = { type: 'leave' };
  const onChoice = (chosen: StartChoice): void => {
    choice = chosen;
  };
  let signalled: NodeJS.Signals | undefined;
  let leave = (): void => undefined;
  const end = (signal: NodeJS.Signals): void => {
    signalled = signal;
    leave();
  };
  for (const signal of SIGNALS) process.on(signal, end);
  try {
    // Input typed meanwhile would be echoed into the first frame, which must start a line.
    stdin.setRawMode?.(true);
    stdout.write('\r');
    const { columns, rows } = stdout;
    const page = { ...parts, runs: [], history: 'reading' } as const;
    const { lines } = drawStart({ page, state: START, now: clock(), columns, rows });
    const { loaded, stdout: output } = await showWhileLoading(
      { stdin, stdout, lines, coloured },
      () => import('./ink.tsx'),
    );
    const screen = loaded.showStartApp(
      { ...parts, clock, onChoice },
      { stdin, stdout: output, coloured },
    );
    leave = () => screen.unmount();
    if (signalled !== undefined) leave();
    await screen.waitUntilExit();
  } finally {
    for (const signal of SIGNALS) process.off(signal, end);
  }
  // With the terminal restored, the signal does what it does without a listener.
  if (signalled !== undefined) process.kill(process.pid, signalled);
  return choice;
}
