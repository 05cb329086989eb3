import { judgeAwk } from '../commands/awk.ts';
import { judgeFind } from '../commands/find.ts';
import { judgeSed } from '../commands/sed.ts';
import type { Rules } from '../judging.ts';
import { change, changes, destructive, flagged, harmless, oneLine } from '../rule.ts';

const OUTPUT = change('writes a file');

/** Commands that read texts and files. */
export const TEXT_TOOLS: Rules = {
  [`cat tac head tail wc cut tr nl rev fold fmt expand unexpand paste join comm cmp diff
    grep egrep fgrep zcat bzcat xzcat jq
    od hexdump strings column seq expr factor numfmt base32 base64 cksum sum md5sum sha1sum
    sha224sum sha256sum sha384sum sha512sum b2sum yes tsort
    ls dir vdir stat du df bc basename dirname readlink realpath namei pathchk lsattr getfacl`]:
    harmless,
  // These are scripts that pass names on.
  'zgrep zegrep zfgrep bzgrep xzgrep': oneLine(harmless),
  zstdcat: flagged({ flags: '-qvf', changing: { '-o:': OUTPUT } }),
  sort: flagged({
    flags: `-bdfghiMnrRVuzscCm -k: -t: -S: -T: --key= --field-separator= --reverse --unique
      --numeric-sort --human-numeric-sort --version-sort --general-numeric-sort --month-sort
      --ignore-case --ignore-leading-blanks --stable --check? --merge --parallel= --buffer-size=
      --zero-terminated --random-sort`,
    changing: { '-o: --output=': OUTPUT },
  }),
  uniq: flagged({
    flags: `-cdDiuz -f: -s: -w: --count --repeated --all-repeated? --unique --ignore-case
      --skip-fields= --skip-chars= --check-chars= --zero-terminated --group?`,
    most: 1,
    otherwise: OUTPUT,
  }),
  tree: flagged({ flags: '-adfhilpqsugDFnACrtvx -L: -P: -I: --du --dirsfirst --noreport' }),
  shuf: flagged({
    flags: '-erz -n: -i: --echo --head-count= --input-range= --repeat --zero-terminated',
    changing: { '-o: --output=': OUTPUT },
  }),
  xxd: flagged({ flags: '-abeip -u -c: -g: -l: -s: -o:', most: 1, otherwise: OUTPUT }),
  file: flagged({ flags: '-bikLhs0 -F: -f: --brief --mime --mime-type --dereference' }),
  tee: flagged({
    flags: '-ai -p --append --ignore-interrupts',
    like: /^\/dev\/(?:null|stderr|stdout|tty)$/,
    otherwise: OUTPUT,
  }),
  yq: flagged({
    flags: `-eCMrjPN -p: -o: -I: --prettyPrint --no-colors --unwrapScalar? --output-format=
      --input-format= --exit-status --null-input`,
    changing: { '-i --inplace --in-place': change('changes the file it reads') },
  }),
  dd: flagged({
    flags: '',
    like: /^(?:if|bs|ibs|obs|count|skip|iflag|status)=/,
    otherwise: destructive('may overwrite a disk'),
  }),
  'awk gawk mawk nawk': judgeAwk,
  'sed gsed': judgeSed,
  find: judgeFind,
  // `+` and a command run at startup; `-o` and `-O` save the input.
  'less more': flagged({ flags: '-NSRiFXeEnMr -#', like: /^[^+]/ }),
  'split csplit': changes(OUTPUT),
};
