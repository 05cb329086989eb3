import type { StepError } from '#runbook/model/step-error.ts';
import { literalAddress } from '../reach/host-name.ts';
import { type Reached, reach } from '../reach/reach.ts';
import type { Stages } from '../reach/stages.ts';
import type { Deadline } from '../wire/deadline.ts';
import { handshake } from '../wire/handshake.ts';

/** The error for a URL that {@link webUrl} does not read. */
export const NO_WEB_URL: StepError = {
  kind: 'config',
  message: 'the URL is not an http or https URL',
};

/** Returns an http or https URL, relative to another one if given; undefined for any other text. */
export function webUrl(text: string, base?: URL): URL | undefined {
  const url = URL.parse(text, base?.href);
  return url?.protocol === 'http:' || url?.protocol === 'https:' ? url : undefined;
}

/**
 * Connects to the server of a URL, until the deadline. For https, its certificate has to be valid.
 */
export async function openWeb(
  url: URL,
  authorities: readonly string[] | undefined,
  deadline: Deadline,
  stages: Stages,
): Promise<Reached> {
  const isSecure = url.protocol === 'https:';
  const host = literalAddress(url.hostname) ?? url.hostname;
  const reached = await reach(host, Number(url.port || (isSecure ? 443 : 80)), deadline, stages);
  if (reached.error !== undefined) return reached;
  const { socket } = reached;
  deadline.signal.addEventListener('abort', () => socket.destroy(), { once: true });
  if (deadline.signal.aborted) socket.destroy();
  if (!isSecure) return reached;
  stages.enter('tls');
  const options = {
    ALPNProtocols: ['http/1.1'],
    ...(authorities !== undefined && { ca: [...authorities] }),
  };
  const secured = await handshake(reached.socket, host, options, deadline);
  return secured.error === undefined ? { ...reached, socket: secured.socket } : secured;
}
