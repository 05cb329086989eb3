import { Box, Text } from 'ink';
import { createContext, type JSX, use } from 'react';
import { ansiLine } from '../draw/ansi.ts';
import type { Line } from '../draw/line.ts';

/** Whether colors may be used; bold, dim and inverse always are. */
export const Colours = createContext(true);

/** Shows lines of text, one below the other, without wrapping. */
export function Lines({ lines }: { readonly lines: readonly Line[] }): JSX.Element {
  const coloured = use(Colours);
  return (
    <Box flexDirection="column">
      {lines.map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a line is identified by its position on the screen
        <Text key={index} wrap="truncate-end">
          {ansiLine(line, coloured) || ' '}
        </Text>
      ))}
    </Box>
  );
}
