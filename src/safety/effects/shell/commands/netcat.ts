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

/**
 * Options for another port, and names with escapes for line breaks, can reach any service;
 * `getent -s` loads a library.
 */
const OTHER_SERVICE = /^-(?:p|k|f|s|-s)|[\\\n]/;

/** Judges `dig`, `host` and `getent`, which send the name to a server. */
export const judgeLookup: Judge = ({ name, span, words }) => {
  const unknown = words.filter(({ text }) => text === undefined);
  const isPlain =
    unknown.length < 2 &&
    words.every(
      ({ text, prefix, count }) => count === 'one' && !OTHER_SERVICE.test(text ?? prefix),
    );
  return isPlain ? [] : [unsure(`${name} may send this to any service`, span)];
};
