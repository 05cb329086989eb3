import { render } from 'ink';
import { Colours } from '../terminal/lines.tsx';
import { StartApp, type StartAppProps } from './app.tsx';
import type { StartChoice } from './page.ts';

/** The options of the start page. */
export type StartScreenOptions = Omit<StartAppProps, 'onChoice' | 'clock'> & {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  /** False draws without colors (`NO_COLOR`); color alone never carries meaning. */
  readonly coloured: boolean;
  /** Returns milliseconds since 1970; `Date.now` by default. */
  readonly clock?: () => number;
};

/** Shows the start page until a choice is made; resolves after the terminal is restored. */
export async function showStartPage(options: StartScreenOptions): Promise<StartChoice> {
  const { stdin, stdout, coloured, clock = Date.now, ...parts } = options;
  let choice: StartChoice = { type: 'leave' };
  const onChoice = (chosen: StartChoice): void => {
    choice = chosen;
  };
  // Input typed meanwhile would be echoed into the first frame, which must start a line.
  stdin.setRawMode?.(true);
  stdout.write('\r');
  const screen = render(
    <Colours value={coloured}>
      <StartApp {...parts} clock={clock} onChoice={onChoice} />
    </Colours>,
    {
      stdin,
      stdout,
      alternateScreen: true,
      incrementalRendering: true,
      // Ctrl-C is a key of the page.
      exitOnCtrlC: false,
      patchConsole: false,
      interactive: true,
    },
  );
  await screen.waitUntilExit();
  return choice;
}
