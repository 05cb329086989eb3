import type { Key as InkKey } from 'ink';
import { keysOf } from '../terminal/key.ts';
import type { StartKey } from './state.ts';

/** The length above which one piece of input counts as pasted, even over a slow connection. */
const LONGEST_TYPED = 16;

/**
 * Returns the keys in one piece of terminal input. A line end among letters, or very many letters,
 * count as pasted if the terminal does not mark pastes: such an Enter must open nothing.
 */
export function startKeysOf(input: string, key: InkKey): readonly StartKey[] {
  const isText = !key.ctrl && !key.meta && !key.return && key.eventType !== 'release';
  const isPiece = input.length > LONGEST_TYPED || (input.length > 1 && /[\r\n]/.test(input));
  if (isText && isPiece) return [{ name: 'piece', text: input }];
  // A control key that arrived together with letters cannot be told from a part of them.
  return keysOf(input, key).filter((one) => one.name !== 'text' || !/\p{Control}/u.test(one.text));
}
