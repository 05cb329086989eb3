import { decodePercent } from '#text/url.ts';
import { type Finding, remark, type Subject, warning } from './finding.ts';

/** The observed behavior of clients with unencoded characters. */
const RESERVED: Readonly<Record<string, string>> = {
  '@': 'psql and SQLAlchemy look for the host after the first one, which then looks like a DNS fault',
  '/': 'psql takes what is before it for a port; Node’s clients refuse the URL',
  '#': 'Node’s clients refuse the URL',
  '?': 'Node’s clients refuse the URL',
  '%': 'psql refuses it unless two hexadecimal digits follow',
  ' ': 'most clients refuse the URL, and a shell cuts it in two',
};

/** Finds characters in the user and password that clients read differently. */
export function checkPassword({ parts }: Subject): readonly Finding[] {
  const { user, password = '' } = parts;
  const findings = [...unencoded('user', user), ...unencoded('password', password)];
  const decoded = decodePercent(password);
  if (decoded.includes('$'))
    findings.push(
      remark(
        'dollar',
        'the password holds a $',
        'In a URL it is harmless; a shell’s double quotes, docker compose and .env files replace it. Write $$ in compose, single quotes in a shell, %24 in the URL.',
      ),
    );
  if (/%25[0-9a-f]{2}/i.test(password)) findings.push(encodedTwice(decoded));
  if (decoded !== decoded.trim())
    findings.push(
      warning(
        'password-white-space',
        'the password begins or ends with white space',
        'A line end that came along from a file?',
      ),
    );
  return findings;
}

/**
 * Returns a finding for a password that seems encoded twice. If a second decoding yields a
 * character that needs encoding, it is a warning; otherwise the password may be correct.
 */
function encodedTwice(decoded: string): Finding {
  const again = [...decoded.matchAll(/%[0-9a-f]{2}/gi)].map(([code]) => decodePercent(code));
  const isNeedless = again.some((character) => /[^\w.~-]/.test(character));
  return isNeedless
    ? warning('encoded-twice', 'the password seems to be percent-encoded twice')
    : remark(
        'encoded-twice',
        'the password holds what looks like a percent-encoding',
        'It may be encoded twice, or just hold a % before two digits.',
      );
}

function unencoded(part: 'user' | 'password', text: string): Finding[] {
  const bare = text.replace(/%[0-9a-f]{2}/gi, '');
  const found = Object.entries(RESERVED).filter(([character]) => bare.includes(character));
  if (found.length === 0) return [];
  const effects = found.map(([character, effect]) => `${nameOf(character)}: ${effect}`).join('. ');
  const codes = found.map(([character]) => encodeURIComponent(character)).join(' ');
  const which = found.map(([character]) => nameOf(character)).join(' ');
  const message = `the ${part} holds ${which}, which should be written ${codes}`;
  return [warning(`unencoded-${part}`, message, `${effects}.`)];
}

function nameOf(character: string): string {
  return character === ' ' ? 'a blank' : character;
}
