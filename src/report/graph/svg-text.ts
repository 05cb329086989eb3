import { harmlessLine } from '#text/harmless.ts';

/** Returns a text escaped for an SVG document, on one line. */
export function svgText(text: string): string {
  return harmlessLine(text).replace(/[<>&"]/g, (char) => `&#${char.charCodeAt(0)};`);
}
