import { type Instance, render } from 'ink';
import { FULL_SCREEN } from '../terminal/ink.tsx';
import { Colours } from '../terminal/lines.tsx';
import { StartApp, type StartAppProps } from './app.tsx';

/** Draws the start page with Ink until it is unmounted. */
export function showStartApp(
  props: StartAppProps,
  terminal: {
    readonly stdin: NodeJS.ReadStream;
    readonly stdout: NodeJS.WriteStream;
    readonly coloured: boolean;
  },
): Instance {
  const { coloured, ...streams } = terminal;
  return render(
    <Colours value={coloured}>
      <StartApp {...props} />
    </Colours>,
    { ...streams, ...FULL_SCREEN },
  );
}
