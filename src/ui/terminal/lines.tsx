import { Box, Text } from 'ink';
import { createContext, type JSX, use } from 'react';
import type { Line, Span } from '../draw/line.ts';

/** Whether colors may be used; bold, dim and inverse always are. */
export const Colours = createContext(true);

/** Shows lines of text, one below the other, without wrapping. */
export function Lines({ lines }: { readonly lines: readonly Line[] }): JSX.Element {
  return (
    <Box flexDirection="column">
      {lines.map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a line is identified by its position on the screen
        <Text key={index} wrap="truncate-end">
          {line.length === 0
            ? ' '
            : line.map((span, at) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a span is identified by its position in the line
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
