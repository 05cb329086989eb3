import type { Key } from '../terminal/key.ts';

/** A move through lines or entries: by a number of them, or to an end. */
export type Motion = { readonly by: number } | { readonly to: 'start' | 'end' };

/**
 * Returns the motion of a key, as in less, vim and k9s, or `undefined`. Without `letters`, where
 * letters are text, only the other keys move. `page` is the number of lines of a page.
 */
export function motionOf(
  key: Key,
  page: number,
  options: { readonly letters: boolean },
): Motion | undefined {
  const half = Math.max(1, Math.floor(page / 2));
  switch (key.name) {
    case 'up':
      return { by: -1 };
    case 'down':
      return { by: 1 };
    case 'page-up':
      return { by: -page };
    case 'page-down':
      return { by: page };
    case 'home':
      return options.letters ? { to: 'start' } : undefined;
    case 'end':
      return options.letters ? { to: 'end' } : undefined;
    case 'ctrl':
      return controlMotion(key.letter, page, half);
    case 'text':
      return options.letters ? letterMotion(key.text, page) : undefined;
    default:
      return undefined;
  }
}

function controlMotion(letter: string, page: number, half: number): Motion | undefined {
  switch (letter) {
    case 'd':
      return { by: half };
    case 'u':
      return { by: -half };
    case 'f':
      return { by: page };
    case 'b':
      return { by: -page };
    default:
      return undefined;
  }
}

function letterMotion(letter: string, page: number): Motion | undefined {
  switch (letter) {
    case 'j':
      return { by: 1 };
    case 'k':
      return { by: -1 };
    case 'g':
      return { to: 'start' };
    case 'G':
      return { to: 'end' };
    case ' ':
      return { by: page };
    default:
      return undefined;
  }
}

/** Returns the position after a motion, from 0 to `limit`. */
export function movedBy(motion: Motion, position: number, limit: number): number {
  if ('to' in motion) return motion.to === 'start' ? 0 : limit;
  return Math.max(0, Math.min(limit, Math.min(position, limit) + motion.by));
}
