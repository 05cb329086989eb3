import { isIP } from 'node:net';
import type { StepError } from '#runbook/model/step-error.ts';

/** The texts that unset variables turn into. */
export const UNSET = /^(?:undefined|null|none|nil|nan|\[object Object\])$/i;

/** Returns the IP address of a host, without the brackets of a URL; undefined for a name. */
export function literalAddress(host: string): string | undefined {
  const bare = host.replace(/^\[(.*)\]$/, '$1');
  return isIP(bare) === 0 ? undefined : bare;
}

/**
 * Returns the reason why a text cannot be a host name, without querying a name server. A host with
 * an `@` or `/` is usually the rest of a password, so it is not repeated.
 */
export function checkHostName(host: string): StepError | undefined {
  if (host.trim() === '') return config('the host is empty', 'Was the variable set?');
  if (UNSET.test(host)) return config(`the host is the text "${host}"`, 'A variable was not set.');
  if (host.includes('://')) return config('the host is a URL', 'Give the host of it only.');
  const odd = [...new Set(host.match(/[@/\\?#%\s]/g))];
  if (odd.length > 0)
    return config(
      `the host holds ${odd.map(printable).join(' ')}, which no host name can`,
      odd.some((character) => '@/?#%'.includes(character))
        ? 'An unencoded character in the password of the URL moves where the host begins.'
        : 'A line end or a blank came along with it.',
    );
  if (host.includes(',')) return config('the host names several hosts', 'Give one of them.');
  if (/^[^:]+:\d+$/.test(host)) return config(`"${host}" holds a port`, 'Give the port apart.');
  if (host.length > 253 || host.split('.').some((label) => label.length > 63))
    return config('the host is longer than a host name can be');
  return undefined;
}

function printable(character: string): string {
  return /\s/.test(character) ? 'white space' : `"${character}"`;
}

function config(message: string, hint?: string): StepError {
  return { kind: 'config', phase: 'dns', message, ...(hint !== undefined && { hint }) };
}
