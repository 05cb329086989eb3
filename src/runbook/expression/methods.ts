import type { ASTNode } from '@marcbachmann/cel-js';
import {
  ANY,
  BOOLEAN,
  listOf,
  NUMBER,
  TEXT,
  typeName,
  type ValueType,
} from '../model/value-type.ts';
import { LIST_METHODS } from './list-methods.ts';
import { compileRegex } from './regex.ts';
import { mismatch, report, type Typing, written } from './typing.ts';

type TypeOf = (node: ASTNode, typing: Typing) => ValueType;

const OF_TEXT: Readonly<Record<string, ValueType>> = {
  contains: BOOLEAN,
  startsWith: BOOLEAN,
  endsWith: BOOLEAN,
  matches: BOOLEAN,
  lowerAscii: TEXT,
  upperAscii: TEXT,
  trim: TEXT,
  substring: TEXT,
  indexOf: NUMBER,
  lastIndexOf: NUMBER,
  split: listOf(TEXT),
};

/** The type of a macro's result, by the types of the items and of its expression. */
const MACROS: Readonly<Record<string, (item: ValueType, made: ValueType) => ValueType>> = {
  all: () => BOOLEAN,
  exists: () => BOOLEAN,
  exists_one: () => BOOLEAN,
  filter: listOf,
  map: (_, made) => listOf(made),
};

/** Returns the type of `receiver.method(…)`. */
export function methodType(
  node: ASTNode & { readonly op: 'rcall' },
  typing: Typing,
  typeOf: TypeOf,
): ValueType {
  const [name, receiver, args] = node.args;
  const type = typeOf(receiver, typing);
  if (Object.hasOwn(MACROS, name)) return macroType(node, type, typing, typeOf);
  for (const argument of args) typeOf(argument, typing);
  if (name === 'size') expectKind(name, receiver, type, ['text', 'list', 'mapping'], typing);
  if (name === 'size') return NUMBER;
  if (name === 'join') return TEXT;
  const ofList = Object.hasOwn(LIST_METHODS, name) ? LIST_METHODS[name] : undefined;
  if (ofList !== undefined) {
    expectKind(name, receiver, type, ['list'], typing);
    return ofList.type(type.kind === 'list' ? type.of : ANY);
  }
  const result = Object.hasOwn(OF_TEXT, name) ? OF_TEXT[name] : undefined;
  if (result === undefined) return ANY;
  expectKind(name, receiver, type, ['text'], typing);
  if (name === 'matches') checkPattern(args[0], typing);
  return result;
}

/** A macro names each item in turn. */
function macroType(
  node: ASTNode & { readonly op: 'rcall' },
  type: ValueType,
  typing: Typing,
  typeOf: TypeOf,
): ValueType {
  const [name, receiver, [variable, ...rest]] = node.args;
  expectKind(name, receiver, type, ['list', 'mapping'], typing);
  const item = type.kind === 'list' ? type.of : ANY;
  const own = variable?.op === 'id' ? { [variable.args]: item } : {};
  const names = { ...typing.names, ...own };
  const made = rest.map((part) => typeOf(part, { ...typing, names }));
  return MACROS[name]?.(item, made.at(-1) ?? ANY) ?? ANY;
}

function expectKind(
  name: string,
  receiver: ASTNode,
  type: ValueType,
  kinds: readonly ValueType['kind'][],
  typing: Typing,
): void {
  if (type.kind === 'any' || kinds.includes(type.kind)) return;
  const hint =
    type.kind === 'list' && kinds.includes('text')
      ? `look at each: ${written(receiver)}.exists(x, x.${name}(…))`
      : type.kind === 'number' && kinds.includes('text')
        ? `make it a text: string(${written(receiver)})`
        : `it is a method of ${kinds.map((kind) => typeName({ kind } as ValueType)).join(' and ')}`;
  mismatch(
    typing,
    receiver,
    `${written(receiver)} is ${typeName(type)} and has no ${name}()`,
    hint,
  );
}

/** Compiles a literal pattern, so that an error in it is found now and not during an incident. */
function checkPattern(pattern: ASTNode | undefined, typing: Typing): void {
  if (pattern?.op !== 'value' || typeof pattern.args !== 'string') return;
  const { problem } = compileRegex(pattern.args);
  if (problem !== undefined)
    report(
      typing,
      problem.code,
      pattern,
      `this pattern cannot be used: ${problem.message}`,
      problem.hint,
    );
}
