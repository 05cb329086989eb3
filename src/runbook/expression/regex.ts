import { RE2JS, RE2JSSyntaxException } from 're2js';
import { type Diagnostic, errorAt } from '../diagnostic.ts';
import type { LocatedScalar } from '../yaml/located.ts';

/** A regular expression that matches in time linear in the text. */
export type Regex = {
  /** Returns whether a part of a text matches. */
  readonly matches: (text: string) => boolean;
};

/** The reason why a pattern cannot be used. */
type RegexProblem = {
  readonly code: 'regex-syntax' | 'regex-unsupported';
  readonly message: string;
  readonly hint: string;
  /** The offset in the pattern, in UTF-16 units. */
  readonly at: number;
  readonly length: number;
};

/** A compiled pattern, or the problem with it. */
type CompiledRegex =
  | { readonly regex: Regex; readonly problem?: undefined }
  | { readonly regex?: undefined; readonly problem: RegexProblem };

const KNOWN = new Map<string, CompiledRegex>();
const MOST_KNOWN = 200;
/** The length limit of a pattern: longer ones are slow to compile. */
const LONGEST_PATTERN = 10_000;

/** Compiles a pattern in RE2 syntax, as in Go. The most recent patterns are cached. */
export function compileRegex(pattern: string): CompiledRegex {
  const known = KNOWN.get(pattern);
  if (known !== undefined) return known;
  const compiled = compile(pattern);
  if (KNOWN.size >= MOST_KNOWN) KNOWN.clear();
  KNOWN.set(pattern, compiled);
  return compiled;
}

/** Returns the problem of a pattern that a scalar of a document holds from an offset on. */
export function patternProblems(
  { text, offsets }: Pick<LocatedScalar, 'text' | 'offsets'>,
  from = 0,
): readonly Diagnostic[] {
  const pattern = text.slice(from);
  const { problem = compileRegex(`\\A(?:${pattern})\\z`).problem } = compileRegex(pattern);
  if (problem === undefined) return [];
  const start = from + problem.at;
  const span = { start: offsets(start), end: offsets(start + Math.max(1, problem.length) - 1) + 1 };
  const message = `this pattern cannot be used: ${problem.message}`;
  return [errorAt(problem.code, span, message, problem.hint)];
}

/** Returns a test whether a pattern matches a whole text; an invalid pattern matches none. */
export function wholePattern(pattern: string): (text: string) => boolean {
  const { regex } = compileRegex(`\\A(?:${pattern})\\z`);
  return (text) => regex?.matches(text) ?? false;
}

function compile(pattern: string): CompiledRegex {
  if (pattern.length > LONGEST_PATTERN)
    return failed(pattern, 'regex-syntax', 'the pattern is too long', 'split it into several');
  const unsupported = UNSUPPORTED.find(({ sign }) => sign.test(pattern));
  try {
    const compiled = RE2JS.compile(pattern);
    return { regex: { matches: (text) => compiled.matcher(text).find() } };
  } catch (error) {
    if (!(error instanceof RE2JSSyntaxException)) throw error;
    if (unsupported !== undefined) {
      const { sign, message, hint } = unsupported;
      return failed(pattern, 'regex-unsupported', message, hint, sign.exec(pattern)?.[0]);
    }
    const part = error.input ?? '';
    const message = `${String(error.error)}${part === '' || part === pattern ? '' : `: ${part}`}`;
    return failed(pattern, 'regex-syntax', message, hintFor(String(error.error)), part);
  }
}

function failed(
  pattern: string,
  code: RegexProblem['code'],
  message: string,
  hint: string,
  part = '',
): CompiledRegex {
  const found = part === '' ? -1 : pattern.indexOf(part);
  const at = found === -1 ? 0 : found;
  const length = found === -1 ? pattern.length : part.length;
  return { problem: { code, message, hint, at, length } };
}

/** Constructs of other engines, and those that cannot be matched in linear time. */
const UNSUPPORTED: readonly {
  readonly sign: RegExp;
  readonly message: string;
  readonly hint: string;
}[] = [
  {
    sign: /\(\?<?[=!]/,
    message: 'lookahead and lookbehind are not supported',
    hint: 'match the text around it as well, or write two conditions: a.matches("x") && !a.matches("y")',
  },
  {
    sign: /\\[1-9]|\\k<\w+>|\(\?P=\w+\)/,
    message: 'backreferences are not supported',
    hint: 'write out what may stand there',
  },
  {
    sign: /\(\?>|[*+?}]\+/,
    message: 'possessive quantifiers are not supported',
    hint: 'remove it: matching never backtracks here',
  },
];

const HINTS: readonly (readonly [RegExp, string])[] = [
  [
    /missing closing \)|missing parenthesis|unexpected \)/,
    'a bracket that is meant as text is \\( or \\)',
  ],
  [/missing closing \]/, 'a bracket that is meant as text is \\['],
  [/repetition operator/, 'a sign that is meant as text has a backslash: \\* or \\+'],
  [/repeat count/, 'at most 1000 repetitions'],
  [/escape sequence/, 'letters need no backslash; \\d, \\w, \\s and \\b are known'],
  [/character class range/, 'write it from the lower to the higher, or put - last'],
];

function hintFor(error: string): string {
  return HINTS.find(([sign]) => sign.test(error))?.[1] ?? 'the syntax is that of RE2 and of Go';
}
