import { html as escaped } from '#report/transcript/html/text.ts';
import { harmless } from '#text/harmless.ts';

/** HTML that is safe to send as it is. */
export class Markup {
  readonly html: string;

  constructor(html: string) {
    this.html = html;
  }
}

/** The content of a place in a template; `undefined` and `false` are nothing. */
export type Content = string | number | Markup | undefined | false | readonly Content[];

/** Returns HTML in which every text is escaped, and shows its control characters. */
export function markup(parts: TemplateStringsArray, ...contents: readonly Content[]): Markup {
  return new Markup(
    parts
      .map((part, index) => (index === 0 ? part : `${htmlOf(contents[index - 1])}${part}`))
      .join(''),
  );
}

/** Returns HTML that another function has escaped. */
export function escapedAlready(html: string): Markup {
  return new Markup(html);
}

/** Returns the text of a value in an attribute: the same for the browser as it is here. */
export function exact(value: string): Markup {
  const visible = escaped(value).replaceAll(/[^ -~]/gu, (char) => `&#${char.codePointAt(0)};`);
  return new Markup(visible);
}

function htmlOf(content: Content): string {
  if (content === undefined || content === false) return '';
  if (content instanceof Markup) return content.html;
  if (typeof content === 'object') return content.map(htmlOf).join('');
  return escaped(harmless(String(content)));
}

/** Returns a text with a capital first letter. */
export function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
