/** How a text looks that was decoded with a wrong code page. */
type Misread = {
  /** A sequence of characters that hardly occurs in a text that was decoded well. */
  readonly sign: RegExp;
  /** The code page it was decoded with. */
  readonly as: string;
  /** The code pages that its bytes may be in. */
  readonly in: readonly string[];
};

/** A character of UTF-8, shown as its bytes. */
const UTF_8 = '[\\u00c2-\\u00f4][\\u0080-\\u00bf\\u0152-\\u0192\\u02c6\\u02dc\\u2013-\\u2122]';

/**
 * A server answers in the code page of its system, above all before the login, and a client takes it
 * for its own.
 */
const MISREAD: readonly Misread[] = [
  {
    sign: new RegExp(`${UTF_8}.*?${UTF_8}`),
    as: 'windows-1252',
    in: ['utf-8'],
  },
  {
    sign: /[\u00a1-\u00ff]{3}.*?[^\u00a1-\u00ff][\u00a1-\u00ff]{3}/,
    as: 'windows-1252',
    in: ['windows-1251', 'koi8-r', 'ibm866', 'gbk', 'big5', 'euc-jp', 'shift_jis', 'euc-kr'],
  },
  { sign: /(?:[РС][^\sа-яё]){3}/, as: 'windows-1251', in: ['utf-8'] },
  { sign: /[а-я]№|№[а-я]/, as: 'ibm866', in: ['windows-1251'] },
  { sign: /(?:[╨╤]\S){3}/, as: 'ibm866', in: ['utf-8'] },
  { sign: /(?:[пя][\u2500-\u25a0©°²·÷]){2}/, as: 'koi8-r', in: ['utf-8'] },
  {
    sign: /(?:\\x[89a-f][\da-f]|\\[23][0-7]{2}){3}/i,
    as: 'windows-1252',
    in: ['utf-8', 'windows-1251'],
  },
];

/** Returns what a text says in other code pages, if it looks as if it was decoded with a wrong one. */
export function otherReadings(text: string): readonly string[] {
  return MISREAD.flatMap(({ sign, as, in: pages }) => {
    if (!sign.test(text)) return [];
    const encoded = encode(withBytes(text), as);
    return encoded === undefined ? [] : pages.flatMap((page) => decode(encoded, page) ?? []);
  });
}

const ESCAPED = /\\x([\da-f]{2})|\\([23][0-7]{2})/gi;

/** Replaces escapes by the characters of their numbers. */
function withBytes(text: string): string {
  return text.replace(ESCAPED, (_, hex: string | undefined, octal: string | undefined) =>
    String.fromCharCode(Number.parseInt(hex ?? octal ?? '', hex === undefined ? 8 : 16)),
  );
}

const BYTES_OF = new Map<string, ReadonlyMap<string, number>>();

/** Returns the bytes of a text in a code page of one byte each; undefined if it has other characters. */
function encode(text: string, page: string): Uint8Array | undefined {
  let bytesOf = BYTES_OF.get(page);
  if (bytesOf === undefined) {
    const all = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    bytesOf = new Map(Array.from(new TextDecoder(page).decode(all), (char, byte) => [char, byte]));
    BYTES_OF.set(page, bytesOf);
  }
  const encoded: number[] = [];
  for (const char of text) {
    const code = char.charCodeAt(0);
    // Clients that know no code page show a byte as the character of its number.
    const byte = bytesOf.get(char) ?? (page === 'windows-1252' && code < 256 ? code : undefined);
    if (byte === undefined) return undefined;
    encoded.push(byte);
  }
  return Uint8Array.from(encoded);
}

function decode(bytes: Uint8Array, page: string): string | undefined {
  try {
    return new TextDecoder(page, { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
