import { timeOfDay } from '#text/duration.ts';
import { type Markup, markup } from './markup.ts';

/** Returns the time of day of an ISO time, in UTC. */
export function clockTime(at: string): Markup {
  return markup`<time datetime="${at}">${timeOfDay(at)}</time>`;
}

/**
 * Returns how long ago something was, which the script counts on from here. With `freshMs` it tells
 * the script when the rows are too old.
 */
export function age(
  at: string,
  now: number,
  { ago = false, freshMs }: { readonly ago?: boolean; readonly freshMs?: number } = {},
): Markup {
  const seconds = Math.max(0, Math.floor((now - Date.parse(at)) / 1_000));
  const fresh = freshMs === undefined ? '' : markup` data-fresh="${Math.round(freshMs / 1_000)}"`;
  return markup`<span class="age" data-age="${seconds}"${ago && markup` data-ago`}${fresh}>${spanText(seconds)}${ago && ' ago'}</span>`;
}

/** The script has the same rule. */
function spanText(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
