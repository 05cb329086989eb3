import { parse } from '@marcbachmann/cel-js';
import type { Fields, ValueType } from '../model/value-type.ts';
import { checkTypes } from './types.ts';

/** Returns the type of an expression, or undefined if it cannot be parsed. */
export function typeOfText(text: string, names: Fields): ValueType | undefined {
  try {
    return checkTypes(parse(text).ast, names, (start, end) => ({ start, end }), []);
  } catch {
    return undefined;
  }
}
