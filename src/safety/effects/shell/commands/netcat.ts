import { type Reason, unsure } from '../../report.ts';
import { type FlagSpec, readFlags } from '../flags.ts';
import type { Call, Judge } from '../judging.ts';
import { change, flagged, type OperandSpec } from '../rule.ts';

/** Judges the standard input of a client that sends it to another host. */
function judgeSent({ name, span, stdin }: Call): readonly Reason[] {
  return stdin === 'nothing' ? [] : [unsure(`${name} sends its input; give it </dev/null`, span)];
}

/** Judges `nc`. With `-z` it only connects; otherwise it sends its input. */
export const judgeNetcat: Judge = (call) => {
  const spec = {
    flags: '-vzn46udrCt -w: -q: -i: -s: -p: -G: --wait= --zero --verbose --nodns --udp',
    changing: {
      '-l -k --listen --keep-open': change('listens for others'),
      '-e: -c: --exec= --sh-exec= --lua-exec=': change('runs a command for others'),
    },
  };
  const flags = readFlags(call, spec);
  const isOnly = flags.given.some(({ flag }) => flag === '-z' || flag === '--zero');
  return [...flags.reasons, ...(isOnly ? [] : judgeSent(call))];
};

/** Judges a client that sends its input, such as `telnet`, with the flags that do nothing else. */
export const sending =
  (spec: FlagSpec & OperandSpec): Judge =>
  (call, judging) => [...flagged(spec)(call, judging), ...judgeSent(call)];

/** Flags of clients that ask a name server; `-p` asks another service, `-f` sends a file. */
const LOOKUPS: Readonly<Record<string, FlagSpec>> = {
  dig: { flags: '-46mruvhi -t: -c: -x: -q: -b:' },
  host: { flags: '-46aCdilnrsTUvVw -c: -N: -R: -t: -W:' },
  nslookup: {
    style: 'whole',
    flags: '-type: -query: -q: -ty: -class: -timeout: -retry: -debug -nodebug -norecurse -vc -sil',
  },
  // `-s` loads a library.
  getent: { flags: '-i --no-idn' },
};

/** Judges `dig`, `host` and `getent`. Escapes and line breaks in a name can reach any service. */
export const judgeLookup: Judge = (call) => {
  const { name, span, words } = call;
  const spec = LOOKUPS[name] ?? LOOKUPS.dig;
  const { reasons } = readFlags(call, { flags: '', ...spec, takesAny: true });
  const isPlain =
    words.filter(({ text }) => text === undefined).length < 2 &&
    words.every(({ text, prefix, count }) => count === 'one' && !/[\\\n]/.test(text ?? prefix));
  return isPlain ? reasons : [...reasons, unsure(`${name} may send this to any service`, span)];
};
