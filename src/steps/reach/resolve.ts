import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { StepError } from '#runbook/model/step-error.ts';
import type { Deadline } from '../wire/deadline.ts';
import { networkError } from '../wire/network-error.ts';
import { checkHostName, literalAddress } from './host-name.ts';

/** One address of a host. */
export type Address = { readonly address: string; readonly family: number };

/**
 * The addresses of a host in the order in which programs try them, or the reason why there are
 * none.
 */
type Resolved =
  | { readonly addresses: readonly Address[]; readonly error?: undefined }
  | { readonly addresses?: undefined; readonly error: StepError };

/** Resolves every address of a host through the system, the way applications do (getaddrinfo). */
export async function resolveHost(host: string, deadline: Deadline): Promise<Resolved> {
  const literal = literalAddress(host);
  if (literal !== undefined) return { addresses: [{ address: literal, family: isIP(literal) }] };
  const wrong = checkHostName(host);
  if (wrong !== undefined) return { error: wrong };
  try {
    const addresses = await deadline.race(lookup(host, { all: true, order: 'verbatim' }));
    if (addresses !== undefined) return { addresses };
  } catch (error) {
    return { error: networkError(error as NodeJS.ErrnoException, 'dns') };
  }
  const error = deadline.error({
    phase: 'dns',
    message: `no answer for the name ${host}`,
    hint: 'The name servers of this machine do not answer.',
  });
  return { error: deadline.isCancelled ? error : { ...error, kind: 'dns', code: 'TIMEOUT' } };
}
