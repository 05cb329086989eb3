import { renderToString } from 'ink';
import { expect, test, vi } from 'vitest';
import { OPENED } from '#ui/keys/screen-state.ts';
import { drawFrame } from '#ui/panes/frame.ts';
import { Colours, Lines } from '#ui/terminal/lines.tsx';
import { inputOf } from '../fixtures/frame.tsx';
import { atGate } from '../fixtures/pool-exhausted-log.ts';
import { atFailure } from '../fixtures/trouble-log.ts';

vi.hoisted(() => {
  // Ink asks for the colours of the terminal once, when it is loaded.
  process.env.FORCE_COLOR = '1';
});

// biome-ignore lint/suspicious/noControlCharactersInRegex: colours are escape sequences
const COLOUR = /\u001b\[(?:3[0-7]|4[0-7]|9[0-7])m/;

function render(log: typeof atGate, coloured: boolean): string {
  const { lines } = drawFrame(inputOf(log, OPENED, {}));
  return renderToString(
    <Colours value={coloured}>
      <Lines lines={lines} />
    </Colours>,
    { columns: 80 },
  );
}

test('LIVE, the frame of a destructive gate and a failure are red', () => {
  expect(render(atGate, true)).toContain('\u001b[31m╔═');
  expect(render(atGate, true)).toContain('\u001b[31m LIVE ');
  expect(render(atFailure, true)).toContain('\u001b[31mtimeout · query · 57014');
});

test('without colours none are written; bold, dim and inverse still are', () => {
  for (const log of [atGate, atFailure]) {
    expect(render(log, false)).not.toMatch(COLOUR);
    expect(render(log, false)).toContain('\u001b[7m');
  }
});
