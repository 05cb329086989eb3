import { judgeAwk } from '../commands/awk.ts';
import { judgeFind } from '../commands/find.ts';
import { GREP, judgeGrep, judgeJq } from '../commands/search.ts';
import { judgeSed } from '../commands/sed.ts';
import type { Rules } from '../judging.ts';
import { byFlags, change, changes, destructive, flagged, oneLine } from '../rule.ts';

const OUTPUT = change('writes a file');

/** Commands that read texts and files. */
export const TEXT_TOOLS: Rules = {
  ...byFlags(
    `cat | -AbeEnstTuv --show-all --number-nonblank --show-ends --number --squeeze-blank --show-tabs --show-nonprinting;
    tac | -br -s: --before --regex --separator=; rev | -0 --zero; factor | -h --exponents; tsort |; namei | -xmolvn;
    head | -qvz -n: -c: -# --lines= --bytes= --quiet --silent --verbose --zero-terminated;
    tail | -fFqrvz -n: -c: -b: -s: -# --lines= --bytes= --follow? --pid= --retry --quiet --silent --verbose
      --sleep-interval= --max-unchanged-stats= --zero-terminated;
    wc | -clLmw --bytes --chars --lines --max-line-length --words --total=;
    cut | -b: -c: -d: -f: -nszw --bytes= --characters= --delimiter= --fields= --complement --only-delimited
      --output-delimiter= --zero-terminated;
    tr | -cCdstu --complement --delete --squeeze-repeats --truncate-set1;
    nl | -b: -d: -f: -h: -i: -l: -n: -ps: -v: -w: --body-numbering= --number-width= --number-separator=;
    fold | -bsc -w: -# --width= --bytes --spaces; fmt | -cstun -w: -p: -g: -# --width= --split-only;
    expand unexpand | -ai -t: -# --tabs= --initial --all --first-only; paste | -sz -d: --serial --delimiters=;
    join | -ijz -a: -e: -o: -t: -v: -1: -2: --header --ignore-case --check-order --nocheck-order;
    comm | -123iz --check-order --nocheck-order --output-delimiter= --total; cmp | -bls -i: -n: --silent --quiet --bytes=;
    diff | -abBdeEfhHiNnpqrstTuwyZ -c -C: -F: -I: -S: -U: -W: -x: -X: -# --brief --unified? --context? --side-by-side
      --suppress-common-lines --recursive --color? --no-dereference --strip-trailing-cr --minimal --width= --label=
      --exclude= --text --new-file --report-identical-files --ignore-all-space --ignore-space-change
      --ignore-blank-lines --ignore-case --ignore-trailing-space --ignore-matching-lines= --expand-tabs;
    zcat | -cfklLnNqrtv; bzcat xzcat | -fkqv -T: --threads=;
    od | -abcdDefFhHiIlLoOsvxX -A: -j: -N: -t: -w? -S: --address-radix= --skip-bytes= --read-bytes= --format= --strings?
      --width? --output-duplicates; hexdump | -bcCdovxX -e: -f: -n: -s: -L? --canonical --length= --skip= --no-squeezing;
    strings | -afow -n: -t: -e: -# --all --bytes= --radix= --encoding= --print-file-name;
    column | -txeJdL -c: -s: -o: -N: -R: -T: -H: -O: -E: -W: -l: --table --separator= --output-separator= --json
      --table-columns= --table-right= --table-hide= --columns= --table-name= --table-noheadings;
    seq | -w -s: -f: -t: -# --equal-width --separator= --format=; bc | -lqsw --mathlib --quiet --standard;
    numfmt | -d: -z --from= --to= --suffix= --padding= --field= --header? --format= --invalid= --round= --delimiter=
      --grouping --from-unit= --to-unit=;
    cksum sum md5sum sha1sum sha224sum sha256sum sha384sum sha512sum b2sum | -bctwrsz -a: -l: --check --ignore-missing
      --quiet --status --strict --warn --tag --text --binary --zero --algorithm= --length=;
    ls dir vdir | -1aAbBcCdDfFgGhHiklLmnNopqQrRsStuUvxXyZ% -I: -T: -w: --all --almost-all --author --block-size= --color?
      --full-time --group-directories-first --human-readable --inode --no-group --numeric-uid-gid --quote-name
      --quoting-style= --recursive --reverse --size --sort= --time= --time-style= --hide= --ignore= --directory
      --indicator-style= --classify? --dereference --si --format= --width= --zero --context --literal --file-type --escape;
    stat | -LfFlnqrsxt -c: --format= --printf= --terse --file-system --dereference --cached=;
    du | -0abcDgHhklLmnPsSx -B: -d: -t: -I: --max-depth= --exclude= --summarize --total
      --human-readable --apparent-size --block-size= --one-file-system --threshold= --time? --time-style= --bytes
      --all --separate-dirs --inodes --si --dereference --count-links;
    df | -agHhiIklmnPTvY -B: -t: -x: --type= --exclude-type= --output? --total --local --inodes --human-readable
      --print-type --portability --all --block-size= --si;
    readlink realpath | -emfnqsvzLP --canonicalize --canonicalize-existing --canonicalize-missing --no-newline --quiet
      --zero --relative-to= --relative-base= --strip --no-symlinks --logical --physical; pathchk | -pP --portability;
    lsattr | -RVadlpv; getfacl | -acesRLPtpnd --absolute-names --omit-header --numeric --recursive --access --default`,
    { takesAny: true },
  ),
  // `-o` of macOS writes a file.
  ...byFlags('base32 base64 | -dDi -w: -b: --decode --ignore-garbage --wrap= --break='),
  jq: judgeJq,
  'grep egrep fgrep': judgeGrep,
  // These are scripts that pass names on.
  'zgrep zegrep zfgrep bzgrep xzgrep': oneLine(flagged({ flags: GREP, takesAny: true })),
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
