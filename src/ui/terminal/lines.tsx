import { Box, Text } from 'ink';
import { createContext, type JSX, use } from 'react';
import type { Line, Span } from '../draw/line.ts';

/** Whether colours may be used; bold, dim and inverse are always. */
export const Colours = createContext(true);

/** Shows lines of text, one below the other, none of them wrapped. */
export function Lines({ lines }: { readonly lines: readonly Line[] }): JSX.Element {
  return (
    <Box flexDirection="column">
      {lines.map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a line is its place on the screen
        <Text key={index} wrap="truncate-end">
          {line.length === 0
            ? ' '
            : line.map((span, at) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a span is its place in the line
                <Piece key={at} span={span} />
              ))}
        </Text>
      ))}
    </Box>
  );
}

function Piece({ span }: { readonly span: Span }): JSX.Element {
  const coloured = use(Colours);
  const { text, color, dim = false, bold = false, inverse = false } = span;
  return (
    <Text
      {...(coloured && color !== undefined ? { color } : {})}
      dimColor={dim}
      bold={bold}
      inverse={inverse}
    >
      {text}
    </Text>
  );
}
