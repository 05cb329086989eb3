import { lexer, type Token } from 'marked';

/** A part of a page in Markdown: a text, or a block of code in a language. */
export type PagePart = { readonly text: string; readonly language?: string };

/** A heading with what stands below it. */
export type PageSection = { readonly title: string; readonly parts: readonly PagePart[] };

/** A page: its title, the text before its second heading, and its sections. */
export type Page = {
  readonly title: string | undefined;
  readonly introduction: readonly PagePart[];
  readonly sections: readonly PageSection[];
};

/** Reads a page in Markdown. Nothing of it is lost, apart from rules and comments. */
export function readPage(markdown: string): Page {
  const sections: { title: string; parts: PagePart[] }[] = [{ title: '', parts: [] }];
  let title: string | undefined;
  for (const token of lexer(markdown)) {
    if (token.type === 'heading' && title === undefined && isTitle(token, sections))
      title = plain(token.text);
    else if (token.type === 'heading') sections.push({ title: plain(token.text), parts: [] });
    else sections.at(-1)?.parts.push(...partsOf(token));
  }
  const [{ parts: introduction } = { parts: [] }, ...rest] = sections;
  return { title, introduction, sections: rest };
}

function isTitle(token: Token & { depth?: number }, sections: readonly PageSection[]): boolean {
  return token.depth === 1 && sections.length === 1;
}

/** Code in a list is code: the list falls into its items there. */
function partsOf(token: Token): readonly PagePart[] {
  switch (token.type) {
    case 'code': {
      const { text, lang = '' } = token as { text: string; lang?: string };
      return [{ text, language: lang.toLowerCase().split(/[\s{]/)[0] ?? '' }];
    }
    case 'list': {
      const { items } = token as { items: { text: string; tokens: Token[] }[] };
      const hasCode = items.some(({ tokens }) => tokens.some(({ type }) => type === 'code'));
      if (hasCode) return items.flatMap(({ tokens }) => tokens.flatMap(partsOf));
      return [{ text: items.map(({ text }) => `- ${plain(text)}`).join('\n') }];
    }
    case 'space':
    case 'hr':
    case 'def':
      return [];
    case 'html':
      return token.raw.trim().startsWith('<!--') ? [] : [{ text: token.raw.trim() }];
    default:
      return [{ text: plain('text' in token ? String(token.text) : token.raw) }];
  }
}

/** Returns a text without its marks; of a link, its words and its address. */
function plain(text: string): string {
  return (
    text
      .replaceAll(/!?\[([^\]]*)\]\((\S+?)(?:\s+"[^"]*")?\)/g, (_, words, address) =>
        words === address ? words : `${words} (${address})`,
      )
      .replaceAll(/(\*\*|__)(.+?)\1/g, '$2')
      // A runbook would put a value there.
      .replaceAll('${{', '$ {{')
      .trim()
  );
}
