import type { Socket, SocketConnectOpts } from 'node:net';
import type { StepError } from '#runbook/model/step-error.ts';
import { connectTo } from '../wire/connect.ts';
import type { Deadline } from '../wire/deadline.ts';
import { resolveHost } from './dns/resolve.ts';
import type { Stages } from './stages.ts';

/**
 * A connection to the first address of a host that takes one, with that address alone (or the path of
 * the socket file), or why there is none.
 */
export type Reached =
  | { readonly socket: Socket; readonly address: string; readonly error?: undefined }
  | { readonly socket?: undefined; readonly address?: undefined; readonly error: StepError };

/**
 * Looks a host up and connects to its addresses one after the other, as database clients do. The
 * socket is destroyed at the deadline; whoever waits for it then asks the deadline why.
 */
export async function reach(
  host: string,
  port: number,
  deadline: Deadline,
  stages: Stages,
): Promise<Reached> {
  stages.enter('dns');
  const { addresses, error } = await resolveHost(host, deadline);
  if (error !== undefined) return { error };
  const places = addresses.map(({ address }) => ({ host: address, port }));
  return reachOne(places, deadline, stages);
}

/** Connects to the first of the places that takes a connection, as {@link reach} does. */
export async function reachOne(
  places: readonly SocketConnectOpts[],
  deadline: Deadline,
  stages: Stages,
): Promise<Reached> {
  stages.enter('tcp');
  const errors: StepError[] = [];
  for (const [index, place] of places.entries()) {
    const share = deadline.leftMs / (places.length - index);
    const { socket, error } = await connectTo(place, deadline.part(share));
    if (error === undefined) {
      deadline.signal.addEventListener('abort', () => socket.destroy(), { once: true });
      if (deadline.signal.aborted) socket.destroy();
      return { socket, address: addressOf(place) };
    }
    // Who does not want a connection refuses it: this one was taken, and reset at once.
    if (error.kind === 'reset') stages.enter('greeting');
    errors.push(error.kind === 'reset' ? { ...error, phase: 'tls' } : error);
    if (error.kind === 'cancelled') break;
  }
  return { error: combine(errors) };
}

function addressOf(place: SocketConnectOpts): string {
  return 'path' in place ? place.path : (place.host ?? '');
}

/** Returns the first error, with the messages of all. */
export function combine(errors: readonly StepError[]): StepError {
  const [first] = errors;
  if (first === undefined) return { kind: 'dns', phase: 'dns', message: 'the host has no address' };
  return { ...first, message: [...new Set(errors.map(({ message }) => message))].join('; ') };
}
