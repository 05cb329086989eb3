import { render } from 'ink';
import { Colours } from '../terminal/lines.tsx';
import { StartApp, type StartAppProps } from './app.tsx';
import type { StartChoice } from './page.ts';

/** What the start page is shown with. */
export type StartScreenOptions = Omit<StartAppProps, 'onChoice' | 'clock'> & {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  /** False draws without colours (`NO_COLOR`); the page says nothing by colour alone. */
  readonly coloured: boolean;
  /** Returns milliseconds since 1970; `Date.now` when left out. */
  readonly clock?: () => number;
};

/** Shows the start page until something was chosen; resolves after the terminal is as it was before. */
export async function showStartPage(options: StartScreenOptions): Promise<StartChoice> {
  const { stdin, stdout, coloured, clock = Date.now, ...parts } = options;
  let choice: StartChoice = { type: 'leave' };
  const onChoice = (chosen: StartChoice): void => {
    choice = chosen;
  };
  // What is typed meanwhile would be echoed into the first frame, which has to begin a line.
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
