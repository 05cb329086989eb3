import { cutTo, widthOf } from '#text/width.ts';
import { fillLine, type Line, type Span, type Style, span } from './line.ts';

const HEAVY = {
  topLeft: '╔',
  topRight: '╗',
  bottomLeft: '╚',
  bottomRight: '╝',
  across: '═',
  down: '║',
};

const LIGHT = {
  topLeft: '╭',
  topRight: '╮',
  bottomLeft: '╰',
  bottomRight: '╯',
  across: '─',
  down: '│',
};

/** Returns the columns available to the note at the top edge of a frame. */
export function noteRoom(width: number, title: Span): number {
  return width - 7 - widthOf(title.text);
}

/** Returns lines inside a frame of exactly `width` columns, with a tag at each end of its top edge. */
export function boxed(
  lines: readonly Line[],
  width: number,
  look: {
    readonly style: Style;
    readonly heavy: boolean;
    readonly title: Span;
    readonly note: string;
  },
): readonly Line[] {
  const { style, title } = look;
  const edge = (text: string): Span => ({ ...style, text });
  const signs = look.heavy ? HEAVY : LIGHT;
  const room = width - 5 - widthOf(title.text);
  const note = room < 8 || look.note === '' ? '' : ` ${cutTo(look.note, room - 2)} `;
  const across = (count: number) => signs.across.repeat(Math.max(0, count));
  return [
    [
      edge(signs.topLeft + signs.across),
      title,
      edge(across(room - widthOf(note) + 1)),
      span(note),
      edge(signs.across + signs.topRight),
    ],
    ...lines.map((content): Line => {
      return [edge(`${signs.down} `), ...fillLine(content, width - 4), edge(` ${signs.down}`)];
    }),
    [edge(signs.bottomLeft + across(width - 2) + signs.bottomRight)],
  ];
}
