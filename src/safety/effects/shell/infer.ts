import type { Span } from '#runbook/yaml/source.ts';
import type { ParsePostgres } from '../postgres/infer.ts';
import { type EffectReport, type Reason, reportOf, unsure } from '../report.ts';
import { judgeCommand } from './command.ts';
import type { Judging, NestedScript, Stdin } from './judging.ts';
import { judgeNode } from './script.ts';
import { doubtsAbout } from './tree/guard.ts';
import { everyNode, type ParseShell, type ShellNode } from './tree/node.ts';
import type { WordScope } from './words.ts';

/** The parsers for scripts. Without the second one, SQL for `psql` cannot be judged. */
type ShellParsers = {
  readonly shell: ParseShell;
  readonly postgres: ParsePostgres | undefined;
};

/** A quoted word in a script that stands for an unknown value. */
type OpaqueWord = {
  /** The offset of its opening quote. */
  readonly at: number;
  /** True if the value may be a list and so become any number of words. */
  readonly several: boolean;
};

/** The context of a script besides its text. */
type ShellSurroundings = {
  readonly opaque?: readonly OpaqueWord[];
  /** The names of its variables that may have any value. */
  readonly variables?: readonly string[];
};

/** The maximum length of a script: the parser's time grows faster than the text. */
export const LONGEST_SCRIPT = 10_000;

/** A script that may open the files whose names a command prints. */
const OPENS_NAMES = /\b(?:xargs|read)\b|(?:\$\(|\x60)[^)\x60]*\b(?:ls|find|realpath|readlink)\b/;

/** The maximum depth of nested scripts (`ssh h "bash -c '…'"`). */
const DEEPEST = 6;

/**
 * Infers the maximum effect of a bash script. It is a read only if it consists of lists, pipelines
 * and conditions of commands that are each known to only read.
 */
export function inferShell(
  script: string,
  parsers: ShellParsers,
  { opaque = [], variables = [] }: ShellSurroundings = {},
): EffectReport {
  const words = new Map(opaque.map(({ at, several }) => [at, several ? 'any' : 'one'] as const));
  const outermost = {
    text: script,
    span: { start: 0, end: script.length },
    exactAt: 0,
    stdin: 'inherited',
    dialect: 'bash',
  } as const;
  const isPlain = (tree: ShellNode) => plainVariables(script, tree, new Set(variables));
  return reportOf(judgeScript(outermost, parsers, { opaque: words, isPlain }, 0));
}

type Given = {
  readonly opaque: WordScope['opaque'];
  readonly isPlain: (tree: ShellNode) => WordScope['isPlain'];
};

const NOTHING_GIVEN: Given = { opaque: new Map(), isPlain: () => () => false };

function judgeScript(
  { text: script, span, exactAt, stdin, dialect }: NestedScript,
  parsers: ShellParsers,
  { opaque, isPlain }: Given,
  depth: number,
  isAroundOpening = false,
): readonly Reason[] {
  const outer = (inner: Span): Span =>
    exactAt === undefined ? span : { start: exactAt + inner.start, end: exactAt + inner.end };
  if (script.length > LONGEST_SCRIPT) return [unsure('the script is too long to be judged', span)];
  if (depth > DEEPEST) return [unsure('scripts inside scripts go too deep', span)];
  const tree = parsers.shell(script);
  const doubts = doubtsAbout(script, tree, dialect).map((doubt) =>
    unsure(`bash may read this in another way: ${doubt.text}`, outer(doubt.span)),
  );
  const opensNames = isAroundOpening || OPENS_NAMES.test(script);
  const judging: Judging = {
    script,
    outer,
    opaque,
    isPlain: isPlain(tree),
    dialect,
    opensNames,
    parsePostgres: parsers.postgres,
    command: (words, input) => judgeCommand(words, input, judging),
    nested: (inner) => judgeScript(inner, parsers, NOTHING_GIVEN, depth + 1, opensNames),
    statements: (node, input: Stdin) => judgeNode(node, input, judging),
  };
  return [...doubts, ...judgeNode(tree, stdin, judging)];
}

/**
 * Returns a function that tells whether a variable holds one word that cannot be a flag: NAME
 * inside `for NAME in` literal words, or a variable named like a URL that the script inherited. A
 * name that appears elsewhere without its `$` may be assigned there.
 */
function plainVariables(
  script: string,
  tree: ShellNode,
  given: ReadonlySet<string>,
): WordScope['isPlain'] {
  const loops = new Map<string, Span>();
  for (const { type, span } of everyNode(tree)) {
    const [, name] = (type === 'for_statement' && LITERAL_LOOP.exec(textAt(span))) || [];
    if (name !== undefined) loops.set(name, span);
  }
  function textAt({ start, end }: Span): string {
    return script.slice(start, end);
  }
  const standing = (name: string) =>
    [...script.matchAll(new RegExp(`(?<![$\\w-]|\\$\\{)${name}(?!\\w)`, 'g'))].length;
  return (name, at, isQuoted) => {
    const loop = loops.get(name);
    if (loop !== undefined) return loop.start < at && at < loop.end && standing(name) === 1;
    const isUrl = isQuoted && /^(?:\w+_)?(?:URL|URI|DSN)$/.test(name);
    return isUrl && !given.has(name) && standing(name) === 0;
  };
}

/** Words that bash leaves unchanged and no command parses as a flag. */
const LITERAL_LOOP = /^for +([a-z]\w*) +in((?: +[\w.:/@%+,][\w.:/@%+,-]*)+) *(?:;|\n) *do\b/;
