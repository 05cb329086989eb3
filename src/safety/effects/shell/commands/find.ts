import { unsure } from '../../report.ts';
import { type FlagSpec, readFlags } from '../flags.ts';
import type { Judge } from '../judging.ts';
import { isUnsafePath, UNKNOWN_PART } from '../paths.ts';
import { change, destructive } from '../rule.ts';
import type { Word } from '../words.ts';
import { withUnknown } from './wrappers.ts';

const TESTS: FlagSpec = {
  style: 'whole',
  flags: `-H -L -P -D: -O1 -O2 -O3 -a -and -o -or -not -amin: -anewer: -atime: -cmin: -cnewer: -ctime:
    -daystart -depth -d -empty -executable -false -follow -fstype: -gid: -group: -ilname: -iname:
    -inum: -ipath: -iregex: -iwholename: -links: -lname: -ls -maxdepth: -mindepth: -mmin: -mount
    -mtime: -name: -newer: -newermt: -newerat: -newerct: -nogroup -noleaf -nouser -nowarn -path:
    -perm: -print -print0 -printf: -prune -quit -readable -regex: -regextype: -samefile: -size:
    -true -type: -uid: -used: -user: -warn -wholename: -writable -xdev -xtype:`,
  changing: {
    '-delete': destructive('deletes what it finds'),
    '-fprint: -fprint0: -fls: -fprintf:': change('writes a file'),
  },
};

/** The rest of a path that is found. */
const ANY_DEPTH = `${UNKNOWN_PART}/${UNKNOWN_PART}`;

/**
 * Judges `find`. Its tests only read; `-exec` runs a command for each result, which is a path that
 * begins with the start of the search, and never a flag.
 */
export const judgeFind: Judge = (call, judging) => {
  const { plain, commands } = takeCommands(call.words);
  const { given, operands, reasons } = readFlags({ ...call, words: plain }, TESTS);
  const staysHere = given.some(({ flag }) => flag === '-xdev' || flag === '-mount');
  const found = operands
    .filter(({ outline }) => outline !== '/' || !staysHere)
    .map(({ outline }) => `${outline.replace(/^(?=\0)/, './')}/${ANY_DEPTH}`);
  const result = found.find(isUnsafePath) ?? found[0] ?? `./${ANY_DEPTH}`;
  const inner = commands.flatMap((command) =>
    command.length === 0
      ? [unsure('find -exec without a command', call.span)]
      : judging.command(
          command.map((word) => withUnknown(word, '{}', result)),
          call.stdin,
        ),
  );
  return [...reasons, ...inner];
};

/** Separates `-exec command … ;` from the other words. */
function takeCommands(words: readonly Word[]): {
  readonly plain: readonly Word[];
  readonly commands: readonly (readonly Word[])[];
} {
  const plain: Word[] = [];
  const commands: Word[][] = [];
  let command: Word[] | undefined;
  for (const [index, word] of words.entries()) {
    const ends = word.text === ';' || (word.text === '+' && words[index - 1]?.text === '{}');
    if (command !== undefined && ends) command = undefined;
    else if (command !== undefined) command.push(word);
    else if (/^-(?:exec|execdir|ok|okdir)$/.test(word.text ?? '')) {
      command = [];
      commands.push(command);
    } else plain.push(word);
  }
  return { plain, commands };
}
