import { known, type Reason, unsure } from '../effect-report.ts';
import { readFlags } from './flags.ts';
import type { Judge } from './judging.ts';
import { change } from './rule.ts';
import type { Word } from './words.ts';

const FLAGS = `-sSfkLivIgGNq46a0 -m: -H: -A: -b: -e: -u: -U: -x: -w: -X: -o: -D: -E: -r: -y: -Y: -z: -Z
  -#  --silent --show-error --fail --fail-with-body --insecure --location --include --verbose --head
  --globoff --get --no-buffer --ipv4 --ipv6 --compressed --http1.1 --http2 --http1.0
  --http2-prior-knowledge --tlsv1 --tlsv1.2 --tlsv1.3 --tls-max= --ssl-reqd --no-progress-meter
  --progress-bar --max-time= --connect-timeout= --header= --user-agent= --cookie= --referer= --user=
  --proxy-user= --proxy= --noproxy= --write-out= --request= --output= --dump-header= --cacert=
  --capath= --cert= --key= --pass= --cert-type= --key-type= --resolve= --connect-to= --interface=
  --local-port= --unix-socket= --abstract-unix-socket= --url= --range= --retry= --retry-delay=
  --retry-max-time= --retry-connrefused --retry-all-errors --max-redirs= --max-filesize= --proto=
  --proto-redir= --proto-default= --oauth2-bearer= --netrc --netrc-file= --netrc-optional --basic
  --digest --negotiate --anyauth --location-trusted --path-as-is --keepalive-time= --no-keepalive
  --tcp-nodelay --dns-servers= --doh-url= --ciphers= --curves= --parallel --limit-rate= --raw
  --tr-encoding --styled-output --disable --version --haproxy-protocol --request-target=`;

/** `curl`: without a body, a method of its own or a file to write, it only asks. */
export const judgeCurl: Judge = (call) => {
  const { given, operands, reasons } = readFlags(call, {
    flags: FLAGS,
    changing: {
      [`-d: -F: -T: --data= --data-ascii= --data-binary= --data-raw= --data-urlencode= --form=
        --form-string= --json= --upload-file=`]: change('sends data'),
      '-OJ -c: --remote-name --remote-name-all --remote-header-name --cookie-jar=':
        change('writes a file'),
    },
  });
  const values = given.flatMap(({ flag, value }) =>
    value === undefined ? [] : judgeValue(flag, value),
  );
  const isWeb = given.some(
    ({ flag, value }) => flag === '--proto' && /^=https?(?:,https?)?$/.test(value?.text ?? ''),
  );
  return [...reasons, ...values, ...(isWeb ? [] : operands.flatMap(judgeUrl))];
};

/** `wget`: it writes what it gets into a file unless told otherwise. */
export const judgeWget: Judge = (call) => {
  const { given, reasons } = readFlags(call, {
    flags: `-qSv46 -T: -t: -O: -U: -nv --quiet --server-response --spider --timeout= --tries=
      --output-document= --header= --user-agent= --no-check-certificate --ca-certificate=
      --connect-timeout= --read-timeout= --dns-timeout= --max-redirect= --user= --password= --no-hsts
      --no-verbose --inet4-only --inet6-only --no-proxy --wait= --waitretry= --retry-connrefused`,
    changing: { '--post-data= --post-file= --method= --body-data=': change('sends data') },
  });
  const targets = given.filter(({ flag }) => flag === '-O' || flag === '--output-document');
  const isKept =
    targets.length === 0
      ? !given.some(({ flag }) => flag === '--spider')
      : !targets.every(({ value }) => isThrownAway(value?.text));
  const written = isKept ? [known('change', 'wget writes a file', call.span)] : [];
  return [...reasons, ...written];
};

function judgeValue(flag: string, value: Word): readonly Reason[] {
  switch (flag) {
    case '-X':
    case '--request':
      return /^(?:GET|HEAD|OPTIONS)$/.test(value.text ?? '')
        ? []
        : [known('change', `curl -X ${value.text ?? ''} may change something`, value.span)];
    case '-o':
    case '--output':
    case '-D':
    case '--dump-header':
      return isThrownAway(value.text) ? [] : [known('change', 'curl writes a file', value.span)];
    case '-w':
    case '--write-out':
      return value.text === undefined || /^@|%output/.test(value.text)
        ? [unsure('curl -w may write a file', value.span)]
        : [];
    case '--url':
      return judgeUrl(value);
    case '-H':
    case '--header':
      return /method|^@/i.test(value.text ?? value.prefix)
        ? [unsure('this header may make it another request', value.span)]
        : [];
    default:
      return [];
  }
}

function isThrownAway(file: string | undefined): boolean {
  return file === '-' || /^\/dev\/(?:null|stdout|stderr)$/.test(file ?? '');
}

/** Other schemes speak to other services: gopher:// to any of them. */
function judgeUrl({ text, prefix, span }: Word): readonly Reason[] {
  if (text === undefined && !/^\w+:\/\//.test(prefix))
    return [unsure('the scheme of this URL is not known; add --proto =http,https', span)];
  const scheme = /^([A-Za-z][\w+.-]*):\/\//.exec(text ?? prefix)?.[1]?.toLowerCase();
  return scheme === undefined || scheme === 'http' || scheme === 'https'
    ? []
    : [unsure(`what a ${scheme} URL does is not known`, span)];
}
