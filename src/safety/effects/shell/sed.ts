import { known, type Reason, unsure } from '../effect-report.ts';
import { readFlags } from './flags.ts';
import type { Judge } from './judging.ts';
import { change } from './rule.ts';
import type { Word } from './words.ts';

/** `sed script file …`: the script can run commands and write files. */
export const judgeSed: Judge = (call) => {
  const { given, operands, reasons } = readFlags(call, {
    flags: `-nErsuz -e: -l: --quiet --silent --regexp-extended --expression= --null-data --separate
      --unbuffered --posix --debug --version`,
    changing: {
      '-i? --in-place?': change('changes the file it reads'),
    },
  });
  const expressions = given.flatMap(({ flag, value }) =>
    value !== undefined && (flag === '-e' || flag === '--expression') ? [value] : [],
  );
  const [first] = operands;
  const scripts = expressions.length > 0 ? expressions : first === undefined ? [] : [first];
  return [...reasons, ...scripts.flatMap(judgeScript)];
};

function judgeScript({ text, span }: Word): readonly Reason[] {
  if (text === undefined) return [unsure('sed gets a script that is not known', span)];
  const problem = new SedScript(text).problem();
  if (problem === undefined) return [];
  return [
    problem === 'w'
      ? known('change', 'sed w writes a file', span)
      : unsure(`sed ${problem} is not known to only read`, span),
  ];
}

/** Follows a sed script command by command, and stops at what may do more than read. */
class SedScript {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** Returns the first command that may do more than read, if any. */
  problem(): string | undefined {
    while (this.#skip(/[\s;}]*/y) && this.#at < this.#text.length) {
      if (!this.#address()) return this.#text.slice(this.#at, this.#at + 10);
      const problem = this.#command();
      if (problem !== undefined) return problem;
    }
    return undefined;
  }

  /** An address is a line, `$`, or a pattern, perhaps two of them, and perhaps `!`. */
  #address(): boolean {
    const one = /(?:\d+(?:~\d+)?|\$|\/(?:[^/\\\n[]|\\.|\[\^?\]?[^/\]\n]*\])*\/[IM]*|[+~]\d+)\s*/y;
    const has = this.#skip(one);
    if (has && this.#skip(/,\s*/y) && !this.#skip(one)) return false;
    this.#skip(/!?\s*/y);
    return true;
  }

  #command(): string | undefined {
    const command = this.#text[this.#at] ?? '';
    this.#at += 1;
    if (/[dDgGhHlnNpPqQxz={]/.test(command)) return this.#end(/\s*\d*\s*/y, command);
    if (/[:btT]/.test(command)) return this.#end(/\s*\w*[ \t]*/y, command);
    if (command === 's')
      return this.#substitution(/[gpiIM\d]*[ \t]*/y) ? undefined : this.#reason();
    const isRead =
      (/[aic]/.test(command) && this.#skip(/[^\n\\]*(?=\n|$)/y)) ||
      (command === 'y' && this.#substitution(/[ \t]*/y)) ||
      (command === '#' && this.#skip(/[^\n]*/y)) ||
      command === '';
    return isRead ? undefined : command;
  }

  /** Flags of `s` that were not expected: `w` and `e` are the ones that matter. */
  #reason(): string {
    return this.#text[this.#at] === 'w' ? 'w' : 's';
  }

  #substitution(flags: RegExp): boolean {
    const delimiter = this.#text[this.#at] ?? '';
    if (!/[^\w\s\\[]/.test(delimiter)) return false;
    this.#at += 1;
    const part = new RegExp(`(?:[^\\\\\\n${escaped(delimiter)}]|\\\\[^\\n])*`, 'y');
    const pattern = this.#taken(part);
    if (this.#text[this.#at] !== delimiter || !isBalanced(pattern)) return false;
    this.#at += 1;
    this.#taken(part);
    if (this.#text[this.#at] !== delimiter) return false;
    this.#at += 1;
    return this.#end(flags, 's') === undefined;
  }

  /** What follows a command must be its end. */
  #end(rest: RegExp, command: string): string | undefined {
    this.#skip(rest);
    const next = this.#text[this.#at] ?? ';';
    return command === '{' || /[;\n}]/.test(next) ? undefined : command;
  }

  #skip(pattern: RegExp): boolean {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found === null) return false;
    this.#at += found[0].length;
    return true;
  }

  #taken(pattern: RegExp): string {
    const from = this.#at;
    this.#skip(pattern);
    return this.#text.slice(from, this.#at);
  }
}

function escaped(delimiter: string): string {
  return delimiter.replace(/[\\\]^-]/, '\\$&');
}

/** A delimiter inside `[ ]` ends the pattern for some sed and not for others. */
function isBalanced(pattern: string): boolean {
  const plain = pattern.replaceAll(/\\./g, '').replaceAll(/\[\^?\]?[^\]]*\]/g, '');
  return !plain.includes('[');
}
