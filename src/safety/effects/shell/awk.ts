import { type Reason, unsure } from '../effect-report.ts';
import { readFlags } from './flags.ts';
import type { Judge } from './judging.ts';
import type { Word } from './words.ts';

/** `awk program file …`: the program can run commands and write files. */
export const judgeAwk: Judge = (call) => {
  const { operands, reasons } = readFlags(call, {
    flags: '-F: -v: --field-separator= --assign= --re-interval --posix --traditional --version',
    stopsAtOperand: true,
  });
  const [program] = operands;
  return program === undefined ? reasons : [...reasons, ...judgeProgram(program)];
};

function judgeProgram(program: Word): readonly Reason[] {
  const { text, span, exactAt } = program;
  if (text === undefined) return [unsure('awk gets a program that is not known', span)];
  const found = doubtAbout(text);
  if (found === undefined) return [];
  const at = exactAt === undefined ? undefined : exactAt + found.at;
  return [unsure(found.text, at === undefined ? span : { start: at, end: at + 1 })];
}

type Found = { readonly text: string; readonly at: number };

/** Whatever a pattern or string may hide, these words are not needed to read. */
const NEVER = /\bsystem\b|\bgetline\b|@(?:load|include|namespace)\b|\bclose\s*\(|\bfflush\b/;

function doubtAbout(program: string): Found | undefined {
  const never = NEVER.exec(program);
  if (never !== null) return { text: `awk ${never[0]} may do more than read`, at: never.index };
  const place: Place = { printing: undefined, opened: [] };
  let before = '';
  for (let at = 0; at < program.length; ) {
    const token = tokenAt(program, at, before);
    if (token === undefined) return { text: 'this awk program cannot be followed', at };
    const opened = follow(token, before, place);
    const text = doubtAboutToken(token, program.slice(at + token.length), place);
    if (text !== undefined) return { text, at };
    if (!/^(?:[ \t]+|#.*|\\\n)$/.test(token)) before = opened ?? token;
    at += token.length;
  }
  return undefined;
}

/** The words before the parentheses that are open, and how many there were at the `print` that goes on. */
type Place = { printing: number | undefined; readonly opened: string[] };

/** Follows a token; of `)` after a condition it returns the word that begins it: a pattern may follow. */
function follow(token: string, before: string, place: Place): string | undefined {
  const { opened, printing = 0 } = place;
  const goesOn = token === '\n' && /^(?:,|&&|\|\|)$/.test(before);
  if (/^printf?$/.test(token)) place.printing = opened.length;
  else if (/^[;\n}]$/.test(token) && !goesOn && opened.length <= printing)
    place.printing = undefined;
  else if (token === '(' || token === '[') opened.push(before);
  else if (token === ')' || token === ']') {
    const word = opened.pop() ?? '';
    return /^(?:if|while|for|switch)$/.test(word) ? 'if' : undefined;
  }
  return undefined;
}

/** Outside of `print`, and inside parentheses, `>` compares. */
function doubtAboutToken(token: string, rest: string, place: Place): string | undefined {
  if (token === '|' || token === '|&') return 'awk | runs a command';
  if (token === '@') return 'awk @ calls what a value names';
  const redirects = /^>>?$/.test(token) && place.printing === place.opened.length;
  return redirects && !isToTerminal(rest) ? 'awk print > writes a file' : undefined;
}

function isToTerminal(rest: string): boolean {
  return /^\s*"\/dev\/(?:stderr|stdout|null)"\s*(?:[;}\n]|$)/.test(rest);
}

const STRING = /"(?:[^"\\\n]|\\[\s\S])*"/y;
/**
 * Awks differ in what ends a set: a `\]` may, and a `/` may end the pattern. A pattern is followed only
 * where all of them take it to end in the same place.
 */
const REGEX =
  /\/(?:[^/\\\n[]|\\.|\[\^?(?:\]|(?!\]))(?:[^/[\]\n\\]|\[(?!:|([.=])[^\n]*\1\])|\[:[a-z]+:\]|\\[^\]\n])*(?:\\\])?\])+\//y;
const OTHER =
  /[ \t]+|\\\n|#[^\n]*|[A-Za-z_]\w*|\d[\w.]*|\.\d+|\+\+|--|\|\||&&|\|&|>>|[<>=!+\-*/%^]=|[\n;{}()[\],$?:!~<>=+\-*/%^|@.]/y;

/** After what a `/` divides; otherwise it begins a pattern. */
const DIVISIBLE = /^(?:[\w.]+|"[\s\S]*|\)|\]|\+\+|--)$/;
const NOT_DIVISIBLE = /^(?:printf?|return|exit|delete|in|if|while|do|else|case|and|or|not)$/;

function tokenAt(program: string, at: number, before: string): string | undefined {
  const char = program[at];
  if (char === '"') return match(STRING, program, at);
  const divides = DIVISIBLE.test(before) && !NOT_DIVISIBLE.test(before);
  if (char === '/' && !divides) return match(REGEX, program, at);
  return match(OTHER, program, at);
}

function match(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}
