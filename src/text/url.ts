/** The parts of a connection URL, not decoded. */
export type UrlParts = {
  /** In lower case, without `://`. */
  readonly scheme: string;
  readonly user: string;
  /** Undefined if there is none. */
  readonly password: string | undefined;
  /** The offset of the password in the URL; meaningless without one. */
  readonly passwordAt: number;
  readonly host: string;
  readonly port: string;
  readonly path: string;
  readonly query: string;
};

/**
 * Schemes whose paths may contain an `@` (`https://host/@scope/name`), so that `/` ends the user
 * part.
 */
const WEB = new Set(['http', 'https', 'ws', 'wss', 'ftp', 'git', 'ssh', 'git+ssh', 'svn', 'file']);

/**
 * Splits a URL leniently: a password may contain unencoded `@ / : ? # %`, since the last `@` before
 * the host ends it. Returns undefined for a text that is not a URL.
 */
export function splitUrl(url: string): UrlParts | undefined {
  const scheme = /^[a-z][a-z0-9+.-]*(?=:\/\/)/i.exec(url)?.[0].toLowerCase();
  if (scheme === undefined) return undefined;
  const start = scheme.length + 3;
  const rest = url.slice(start);
  const head = WEB.has(scheme) ? (/^[^/?#]*/.exec(rest)?.[0] ?? '') : beforeQuery(rest);
  const at = head.lastIndexOf('@');
  const userinfo = at === -1 ? '' : rest.slice(0, at);
  const colon = userinfo.indexOf(':');
  const [, host = '', port = '', path = '', query = ''] =
    /^(\[[^\]]*\]|[^:/?#]*)(?::([^/?#]*))?(?:\/([^?#]*))?(?:[?#](.*))?/s.exec(rest.slice(at + 1)) ??
    [];
  return {
    scheme,
    user: colon === -1 ? userinfo : userinfo.slice(0, colon),
    password: colon === -1 ? undefined : userinfo.slice(colon + 1),
    passwordAt: start + colon + 1,
    host: host.replace(/^\[(.*)\]$/, '$1'),
    port,
    path,
    query,
  };
}

/** Removes `?name=value…`, unless the `@` that ends the user part comes after it. */
function beforeQuery(rest: string): string {
  for (const { index } of rest.matchAll(/\?(?=[a-z_][\w.-]*=)/gi)) {
    const head = rest.slice(0, index);
    if (head.includes('@') || !rest.includes('@', index)) return head;
  }
  return rest;
}

/** Decodes `%XX` in a text. Invalid encodings stay unchanged. */
export function decodePercent(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (encoded) => {
    try {
      return decodeURIComponent(encoded);
    } catch {
      return encoded;
    }
  });
}

/** The span of a password in a text, end-exclusive. */
type PasswordSpan = { readonly start: number; readonly end: number };

/** The maximum length of a URL that is searched. */
const LONGEST_URL = 2_048;
const LONGEST_SCHEME = 24;
const ENDS_URL = /[\x20"'`<>\x7f]|[^\x20-\uffff]/;

/** Returns the spans of passwords in `scheme://user:password@`. Takes time linear in the text. */
export function findUrlPasswords(text: string): PasswordSpan[] {
  const found: PasswordSpan[] = [];
  let sep = text.indexOf('://');
  while (sep !== -1) {
    const at = text.indexOf('@', sep);
    if (at === -1) break;
    const end = urlEnd(text, sep);
    // A nested URL ends at the same character.
    const nested = end - sep < LONGEST_URL ? end : sep + 3;
    let next = at < end ? sep + 3 : Math.max(nested, at - LONGEST_URL);
    if (at < end) {
      const start = urlStart(text, sep);
      const parts = splitUrl(text.slice(start, end));
      if (parts?.password !== undefined && parts.password !== '') {
        const password = start + parts.passwordAt;
        next = password + parts.password.length;
        found.push({ start: password, end: next });
      }
    }
    sep = text.indexOf('://', next);
  }
  return found;
}

/**
 * Returns the start of a URL that must not be split at an offset, or that may continue after the
 * text, including a possible start of one; undefined for none.
 */
export function openUrlStart(text: string, cut: number): number | undefined {
  const from = Math.max(0, cut - LONGEST_URL);
  for (let sep = text.indexOf('://', from); sep !== -1; sep = text.indexOf('://', sep + 3)) {
    const end = urlEnd(text, sep);
    if (end > cut || end === text.length) return urlStart(text, sep);
  }
  const scheme = /[a-z][a-z0-9+.-]*(?::\/?)?$/i.exec(text.slice(-LONGEST_SCHEME));
  return scheme === null ? undefined : text.length - scheme[0].length;
}

function urlStart(text: string, separator: number): number {
  const before = text.slice(Math.max(0, separator - LONGEST_SCHEME), separator);
  const scheme = /[a-z][a-z0-9+.-]*$/i.exec(before)?.[0] ?? '';
  return separator - scheme.length;
}

function urlEnd(text: string, separator: number): number {
  const url = text.slice(separator, separator + LONGEST_URL);
  const length = url.search(ENDS_URL);
  return separator + (length === -1 ? url.length : length);
}
