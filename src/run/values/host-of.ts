/** Returns the host of a URL, with its port; of a text that is no URL, the text. */
export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}
