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
const NEVER = /\bsystem\s*\(|\bgetline\b|@(?:load|include|namespace)\b|\bclose\s*\(|\bfflush\b/;

function doubtAbout(program: string): Found | undefined {
  const never = NEVER.exec(program);
  if (never !== null) return { text: `awk ${never[0]} may do more than read`, at: never.index };
  const place: Place = { printing: undefined, depth: 0 };
  let before = '';
  for (let at = 0; at < program.length; ) {
    const token = tokenAt(program, at, before);
    if (token === undefined) return { text: 'this awk program cannot be followed', at };
    follow(token, place);
    const text = doubtAboutToken(token, program.slice(at + token.length), place);
    if (text !== undefined) return { text, at };
    if (!/^(?:[ \t]+|#.*|\\\n)$/.test(token)) before = token;
    at += token.length;
  }
  return undefined;
}

/** How deep in parentheses an awk program is, and how deep the `print` stands that goes on. */
type Place = { printing: number | undefined; depth: number };

function follow(token: string, place: Place): void {
  if (/^printf?$/.test(token)) place.printing = place.depth;
  else if (/^[;\n}]$/.test(token) && place.depth <= (place.printing ?? place.depth))
    place.printing = undefined;
  else if (token === '(' || token === '[') place.depth += 1;
  else if (token === ')' || token === ']') place.depth -= 1;
}

/** Outside of `print`, and inside parentheses, `>` compares. */
function doubtAboutToken(token: string, rest: string, place: Place): string | undefined {
  if (token === '|' || token === '|&') return 'awk | runs a command';
  if (token === '@') return 'awk @ calls what a value names';
  const redirects = /^>>?$/.test(token) && place.printing === place.depth;
  return redirects && !isToTerminal(rest) ? 'awk print > writes a file' : undefined;
}

function isToTerminal(rest: string): boolean {
  return /^\s*"\/dev\/(?:stderr|stdout|null)"\s*(?:[;}\n]|$)/.test(rest);
}

const STRING = /"(?:[^"\\\n]|\\[\s\S])*"/y;
const REGEX = /\/(?:[^/\\\n[]|\\.)+\/|\/(?:[^/\\\n[]|\\.|\[\^?\]?[^/\]\n\\]*\])+\//y;
const OTHER =
  /[ \t]+|\\\n|#[^\n]*|[A-Za-z_]\w*|\d[\w.]*|\.\d+|\+\+|--|\|\||&&|\|&|>>|[<>=!+\-*/%^]=|[\n;{}()[\],$?:!~<>=+\-*/%^|@.]/y;

/** After what a `/` divides; otherwise it begins a pattern. */
const DIVISIBLE = /^(?:[\w.]+|"[\s\S]*|\)|\]|\$|\+\+|--)$/;
const NOT_DIVISIBLE = /^(?:printf?|return|in|if|while|do|else|case|and|or|not)$/;

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
