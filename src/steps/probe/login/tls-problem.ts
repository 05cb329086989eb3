import type { TLS_PROBLEMS } from '#runbook/model/probe-results.ts';
import type { StepError } from '#runbook/model/step-error.ts';

/** One of the reasons for which TLS fails. */
type TlsProblem = (typeof TLS_PROBLEMS)[number];

/** The first rule that applies wins: a name that does not match is a problem of a certificate too. */
const SIGNS: readonly (readonly [sign: RegExp, problem: TlsProblem])[] = [
  [/\b3159\b|insecure transport/i, 'required'],
  [/offers no TLS|NO SSL SUPPORT/i, 'not_offered'],
  [/protocol version|unsupported protocol|version too low|no protocols available/i, 'version'],
  [/certificate required|bad certificate|valid client certificate/i, 'client_certificate'],
  [/altname/i, 'name_mismatch'],
  [/handshake failure|no shared cipher|no suitable/i, 'cipher'],
  [/certificate|\bCERT\b|\bissuer\b/i, 'certificate'],
];

/** Returns why TLS failed; null for any other error, and where the error does not tell. */
export function tlsProblem(error: StepError | undefined): TlsProblem | null {
  if (error?.kind !== 'tls') return null;
  const said = `${error.code ?? ''} ${error.message}`.replaceAll('_', ' ');
  return SIGNS.find(([sign]) => sign.test(said))?.[1] ?? null;
}
