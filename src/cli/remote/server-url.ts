import { isLoopback } from '#serve/loopback.ts';

/** The address of a server, or why it is none. */
export type CheckedUrl =
  | { readonly url: URL }
  | { readonly refused: string; readonly hint: string };

/** Checks the address of a server: a token is only sent over https, except to this machine. */
export function serverUrl(written: string): CheckedUrl {
  const url = URL.parse(written);
  const hint = 'write for example https://runbook.example.com';
  if (url === null || !/^https?:$/.test(url.protocol))
    return { refused: `"${url === null ? written : url.origin}" is not the URL of a server`, hint };
  if (url.username !== '' || url.password !== '')
    return {
      refused: 'the URL contains a login',
      hint: 'leave it out; the server asks for a token',
    };
  if (url.search !== '' || url.hash !== '')
    return { refused: 'the URL has more than an address and a path', hint };
  if (url.protocol === 'https:' || isLoopback(url.hostname)) return { url };
  const secure = url.href.replace(/^http:/, 'https:');
  return {
    refused: `${url.href} is not https, and others could read the token on its way`,
    hint: `use ${secure}`,
  };
}
