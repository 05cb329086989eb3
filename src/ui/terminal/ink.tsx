import { type Instance, render } from 'ink';
import { isAsciiLocale } from '#text/glyphs.ts';
import { App, type AppProps } from './app.tsx';
import { Colours } from './lines.tsx';

/** Draws a run with Ink, on the streams of its fence, until it is unmounted. */
export function showApp(props: AppProps, { coloured }: { readonly coloured: boolean }): Instance {
  const { stdin, stdout } = props.fence;
  return render(
    <Colours value={coloured}>
      <App {...props} />
    </Colours>,
    { stdin, stdout, ...FULL_SCREEN },
  );
}

/** The options of Ink for a program that fills the terminal. */
export const FULL_SCREEN = {
  alternateScreen: true,
  // A part of a line cannot tell the Enter key from another sign.
  incrementalRendering: !isAsciiLocale(process.env),
  // Ctrl-C stops a step, not the screen; on the start page it is a key.
  exitOnCtrlC: false,
  // Nothing writes to the console; Ink would redraw the whole frame around it.
  patchConsole: false,
  // The caller has decided to show a screen; Ink would refuse to where `CI` is set.
  interactive: true,
} as const;
