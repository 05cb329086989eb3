import { words } from '#text/words.ts';
import { PLAIN_HEADERS } from '../../plain-headers.ts';
import { known, type Reason, unsure } from '../../report.ts';
import { readFlags } from '../flags.ts';
import type { Call, Judge } from '../judging.ts';
import { change, judgeValues } from '../rule.ts';
import type { Word } from '../words.ts';

/** Flags whose value only affects how the request is made; any value is harmless. */
const ASKING = `-m: -u: -E: --max-time= --connect-timeout= --user= --cacert= --capath= --cert= --key=
  --pass= --oauth2-bearer= --resolve= --connect-to= --retry= --retry-delay= --retry-max-time=`;

const FLAGS = `${ASKING} -sSfkLvIgGNq460 -H: -A: -b: -w: -X: -o: -D: -r: -d: -x: -# --silent
  --show-error --fail --fail-with-body --insecure --location --verbose --head --globoff --get --include
  --no-buffer --ipv4 --ipv6 --compressed --http1.1 --http2 --http1.0 --tlsv1 --tlsv1.2 --tlsv1.3
  --tls-max= --no-progress-meter --progress-bar --header= --user-agent= --cookie= --write-out=
  --request= --output= --dump-header= --unix-socket= --url= --range= --data= --data-urlencode= --proxy=
  --retry-connrefused --retry-all-errors --max-redirs= --max-filesize= --proto= --basic --digest
  --negotiate --path-as-is --noproxy= --interface= --disable -i`;

const THROWN_AWAY = /^(?:-|\/dev\/(?:null|stdout|stderr))$/;

const HEADER = new RegExp(`^(?:${PLAIN_HEADERS}): ?[^\\n\\r]*$`, 'i');

const LITERAL = /^[\t\x20-\x7e]+$/;

/** Patterns for literal values. */
const VALUES: Readonly<Record<string, RegExp>> = {
  ...Object.fromEntries(
    words(`-A -b -r -x --user-agent --cookie --range --proxy --noproxy --interface --unix-socket --tls-max
    --max-redirs --max-filesize`).map((flag) => [flag, LITERAL]),
  ),
  '-x': /^https?:\/\/[\w.@:-]+\/?$/,
  '--proxy': /^https?:\/\/[\w.@:-]+\/?$/,
  '-w': /^(?!@)(?:(?!%output)[\t\x20-\x7e])+$/,
  '--write-out': /^(?!@)(?:(?!%output)[\t\x20-\x7e])+$/,
  '--proto': /^=https?(?:,https?)?$/,
};

/**
 * Judges `curl`. It is a read for a `GET` or `HEAD` of a web address whose response is not saved.
 */
export const judgeCurl: Judge = (call) => {
  const { given, operands, reasons } = readFlags(call, {
    flags: FLAGS,
    changing: {
      [`-F: -T: --data-ascii= --data-binary= --data-raw= --form= --form-string= --json=
        --upload-file=`]: change('sends data'),
      '-OJ -c: --remote-name --remote-name-all --remote-header-name --cookie-jar=':
        change('writes a file'),
    },
  });
  const has = (flags: RegExp) => given.some(({ flag }) => flags.test(flag));
  const isWeb = has(/^--proto$/);
  const asksWithData = has(/^(?:-G|--get)$/);
  return [
    ...reasons,
    ...judgeValues(call, given, VALUES),
    ...given.flatMap(({ flag, value }) => (value ? judgeValue(flag, value, asksWithData) : [])),
    ...(isWeb ? [] : [...operands, ...urlsOf(given)].flatMap(judgeUrl)),
  ];
};

function urlsOf(given: readonly { flag: string; value: Word | undefined }[]): readonly Word[] {
  return given.flatMap(({ flag, value }) => (flag === '--url' && value ? [value] : []));
}

function judgeValue(flag: string, value: Word, asksWithData: boolean): readonly Reason[] {
  const { text, prefix, span } = value;
  if (flag === '-X' || flag === '--request') return judgeMethod(value);
  if (/^(?:-o|-D|--output|--dump-header)$/.test(flag))
    return THROWN_AWAY.test(text ?? '') ? [] : [known('change', 'curl writes a file', span)];
  if (flag === '-H' || flag === '--header')
    return HEADER.test(text ?? prefix)
      ? []
      : [unsure('this header may make it another request', span)];
  if (!/^(?:-d|--data|--data-urlencode)$/.test(flag)) return [];
  if (!asksWithData) return [known('change', `curl ${flag} sends data`, span)];
  return /^[\w.-]*=/.test(text ?? prefix) ? [] : [unsure(`curl ${flag} may send a file`, span)];
}

function judgeMethod({ text, span }: Word): readonly Reason[] {
  if (text === undefined) return [unsure('the method of curl is not known', span)];
  if (/^(?:GET|HEAD|OPTIONS)$/.test(text)) return [];
  return text === 'DELETE'
    ? [known('destructive', 'curl -X DELETE removes it', span)]
    : [known('change', `curl -X ${text} may change something`, span)];
}

/** A host for which curl assumes `http`, unlike `ftp.`, `dict.` and similar names. */
const GUESSED = /^(?!(?:dict|ftp|ldap|imap|smtp|pop3)\.)[a-z\d][\w.-]*(?::\d+)?(?:[/?]|$)/i;

/** Judges a URL. Other schemes, such as gopher, can send data to any service. */
function judgeUrl({ text, prefix, span }: Word): readonly Reason[] {
  const isWeb =
    text === undefined
      ? /^https?:\/\/|^[^$]+[/?]/i.test(prefix) &&
        (/^https?:/i.test(prefix) || GUESSED.test(prefix))
      : LITERAL.test(text) && (/^https?:\/\//i.test(text) || GUESSED.test(text));
  return isWeb
    ? []
    : [
        unsure(
          'curl may not take this for a web address; write http:// or --proto =http,https',
          span,
        ),
      ];
}

const WGET_FLAGS = `-qSv46 -T: -t: -O: -U: -nv --quiet --server-response --spider --timeout= --tries=
  --output-document= --header= --user-agent= --no-check-certificate --ca-certificate=
  --connect-timeout= --read-timeout= --dns-timeout= --max-redirect= --user= --password= --no-hsts
  --no-verbose --inet4-only --inet6-only --no-proxy --wait= --waitretry= --retry-connrefused`;

/** Judges `wget`, which saves the response in a file by default. */
export const judgeWget: Judge = (call) => {
  const { given, operands, reasons } = readFlags(call, {
    flags: WGET_FLAGS,
    changing: { '--post-data= --post-file= --body-data= --method=': change('sends data') },
  });
  const outputs = given.filter(({ flag }) => flag === '-O' || flag === '--output-document');
  const isThrown =
    outputs.length > 0 && outputs.every(({ value }) => THROWN_AWAY.test(value?.text ?? ''));
  const isKept =
    !isThrown && !(outputs.length === 0 && given.some(({ flag }) => flag === '--spider'));
  return [
    ...reasons,
    ...judgeValues(call, given, { '-U': LITERAL, '--user-agent': LITERAL, '--header': HEADER }),
    ...(isKept ? [known('change', 'wget writes a file', call.span)] : []),
    ...operands.flatMap(judgeWgetUrl(call)),
  ];
};

const judgeWgetUrl =
  ({ span }: Call) =>
  ({ text, prefix }: Word): readonly Reason[] =>
    /^ftps?:/i.test(text ?? prefix) ? [unsure('what an ftp URL does is not known', span)] : [];
