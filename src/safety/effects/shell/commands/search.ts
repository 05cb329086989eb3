import { unsure } from '../../report.ts';
import { type FlagSpec, readFlags } from '../flags.ts';
import type { Judge } from '../judging.ts';

/** The flags of `grep`, without those that say what it does with devices. */
export const GREP = `-abcEFGhHiIlLnopPqrRsSTUvVwxyzZ -A: -B: -C: -d: -e: -f: -m: -# --after-context= --before-context=
  --context? --color? --colour? --count --extended-regexp --fixed-strings --basic-regexp --perl-regexp
  --ignore-case --no-ignore-case --invert-match --word-regexp --line-regexp --files-with-matches
  --files-without-match --max-count= --only-matching --quiet --silent --no-messages --byte-offset
  --with-filename --no-filename --label= --line-number --initial-tab --null --null-data --text --binary-files=
  --include= --exclude= --exclude-dir= --exclude-from= --recursive --dereference-recursive --line-buffered
  --regexp= --file= --directories= --help --version`;

/** Judges `grep`. From the root it would open whatever is below `/proc` and `/sys`. */
export const judgeGrep: Judge = (call) => {
  const { given, operands, reasons } = readFlags(call, { flags: GREP, takesAny: true });
  const isDeep = given.some(({ flag }) =>
    /^(?:-[rRd]|--(?:dereference-)?recursive|--directories)$/.test(flag),
  );
  const roots = operands.filter(({ outline }, at) => at > 0 && /^[/.]*\/[/.]*$/.test(outline));
  return [
    ...reasons,
    ...(isDeep
      ? roots.map(({ span }) => unsure('devices and pipes may be below this folder', span))
      : []),
  ];
};

const JQ: FlagSpec = {
  flags: `-acCejMnrRsSgV -f: -L: --ascii-output --compact-output --color-output --monochrome-output --exit-status
    --join-output --null-input --raw-output --raw-output0 --raw-input --slurp --sort-keys --tab --indent= --stream
    --stream-errors --seq --unbuffered --from-file= --args --jsonargs --arg= --argjson= --slurpfile= --rawfile=
    --help --version`,
  takesAny: true,
};

/** Judges `jq`, whose filters only read. */
export const judgeJq: Judge = (call) => readFlags(call, JQ).reasons;
