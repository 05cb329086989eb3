const CELL = { width: 8.4, height: 18 };
const FONT_SIZE = 14;
const BASELINE = 13;
const PADDING = 14;

const FOREGROUND = '#d1d7e0';
const BACKGROUND = '#0d1117';
/** The eight colours of every terminal, in their order. */
const COLOURS = [
  '#656c76',
  '#ff6b64',
  '#3fb950',
  '#e3b341',
  '#58a6ff',
  '#bc8cff',
  '#39c5cf',
  FOREGROUND,
];

/** Characters that are drawn: horizontal ones over a width, the others in their cell. */
const LINES = {
  '─': (width) => `m0 9h${width}`,
  '═': (width) => `m0 7.5h${width}m-${width} 3h${width}`,
  '│': () => 'm4.2 0v18',
  '║': () => 'm2.7 0v18m3 -18v18',
  '┬': () => 'm0 9h8.4m-4.2 0v9',
  '┴': () => 'm0 9h8.4m-4.2 0v-9',
  '╔': () => 'm8.4 7.5h-5.7v10.5m5.7 -7.5h-2.7v7.5',
  '╗': () => 'm0 7.5h5.7v10.5m-5.7 -7.5h2.7v7.5',
  '╚': () => 'm8.4 10.5h-5.7v-10.5m5.7 7.5h-2.7v-7.5',
  '╝': () => 'm0 10.5h5.7v-10.5m-5.7 7.5h2.7v-7.5',
};

/**
 * Returns a picture of a screen, given its rows of cells, as SVG. Every run of text is stretched to
 * its cells and lines are drawn, so that it looks the same whatever font there is.
 */
export function screenSvg(rows) {
  const columns = Math.max(...rows.map((row) => row.length));
  const width = round(columns * CELL.width + 2 * PADDING);
  const height = rows.length * CELL.height + 2 * PADDING;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}"`,
    `  font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="${FONT_SIZE}">`,
    `<rect width="${width}" height="${height}" rx="8" fill="${BACKGROUND}"/>`,
    `<g transform="translate(${PADDING} ${PADDING})" fill="${FOREGROUND}">`,
    ...rows.flatMap((row, index) => rowSvg(row, index * CELL.height)),
    '</g>',
    '</svg>',
    '',
  ].join('\n');
}

function rowSvg(cells, top) {
  const runs = runsOf(cells);
  return [
    ...runs.flatMap((run) => (run.style.inverse ? [blockSvg(run, top)] : [])),
    ...runs.flatMap((run) => (run.drawn === undefined ? textSvg(run, top) : lineSvg(run, top))),
  ];
}

/** Cells of one look that stand beside each other, each drawn character apart. */
function runsOf(cells) {
  const runs = [];
  for (const [column, { text, ...style }] of cells.entries()) {
    const drawn = Object.hasOwn(LINES, text) ? text : undefined;
    const last = runs.at(-1);
    if (last !== undefined && last.drawn === drawn && sameLook(last.style, style))
      last.text += text;
    else runs.push({ column, text, style, drawn });
  }
  return runs;
}

function sameLook(a, b) {
  return a.color === b.color && a.bold === b.bold && a.dim === b.dim && a.inverse === b.inverse;
}

function blockSvg({ column, text, style }, top) {
  const width = round(text.length * CELL.width);
  return `<rect x="${x(column)}" y="${top}" width="${width}" height="${CELL.height}" fill="${colourOf(style)}"/>`;
}

function textSvg(run, top) {
  return wordsOf(run).map(({ column, text }) => {
    const { style } = run;
    const look = [
      style.inverse
        ? ` fill="${BACKGROUND}"`
        : style.color === undefined
          ? ''
          : ` fill="${colourOf(style)}"`,
      style.bold ? ' font-weight="700"' : '',
      style.dim ? ' opacity="0.65"' : '',
    ].join('');
    const width = round(text.length * CELL.width);
    const place = `x="${x(column)}" y="${top + BASELINE}" textLength="${width}" lengthAdjust="spacingAndGlyphs"`;
    return `<text ${place}${look}>${escaped(text)}</text>`;
  });
}

/** The texts of a run between two blanks or more, with their columns. */
function wordsOf({ column, text }) {
  return [...text.matchAll(/\S+(?: \S+)*/g)].map((match) => {
    return { column: column + match.index, text: match[0] };
  });
}

function lineSvg({ column, text, style, drawn }, top) {
  const path = `M${x(column)} ${top}${LINES[drawn](round(text.length * CELL.width))}`;
  const dim = style.dim ? ' opacity="0.65"' : '';
  return [`<path d="${path}" stroke="${colourOf(style)}"${dim} fill="none"/>`];
}

function colourOf({ color }) {
  return color === undefined ? FOREGROUND : (COLOURS[color % COLOURS.length] ?? FOREGROUND);
}

function x(column) {
  return round(column * CELL.width);
}

function round(number) {
  return Math.round(number * 10) / 10;
}

function escaped(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
