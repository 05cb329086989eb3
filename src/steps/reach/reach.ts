import type { Socket, SocketConnectOpts } from 'node:net';
import type { StepError } from '#runbook/model/step-error.ts';
import { connectTo } from '../wire/connect.ts';
import type { Deadline } from '../wire/deadline.ts';
import { resolveHost } from './resolve.ts';
import type { Stages } from './stages.ts';

/**
 * A connection to the first address of a host that accepts one, with that address (or the path of
 * the socket file), or the reason why there is none.
 */
export type Reached =
  | { readonly socket: Socket; readonly address: string; readonly error?: undefined }
  | { readonly socket?: undefined; readonly address?: undefined; readonly error: StepError };

/**
 * Resolves a host and connects to its addresses one after the other, as database clients do.
 * Each but the last is tried for `attemptMs` at most. The caller closes the socket.
 */
export async function reach(
  host: string,
  port: number,
  deadline: Deadline,
  stages: Stages,
  attemptMs = Number.POSITIVE_INFINITY,
): Promise<Reached> {
  stages.enter('dns');
  const { addresses, error } = await resolveHost(host, deadline);
  if (error !== undefined) return { error };
  const places = addresses.map(({ address }) => ({ host: address, port }));
  return reachOne(places, deadline, stages, attemptMs);
}

/** Connects to the first of several addresses that accepts a connection, as {@link reach} does. */
export async function reachOne(
  places: readonly SocketConnectOpts[],
  deadline: Deadline,
  stages: Stages,
  attemptMs = Number.POSITIVE_INFINITY,
): Promise<Reached> {
  stages.enter('tcp');
  const errors: StepError[] = [];
  for (const [index, place] of places.entries()) {
    const left = places.length - index;
    const share = left === 1 ? deadline.leftMs : Math.min(deadline.leftMs / left, attemptMs);
    const { socket, error } = await connectTo(place, deadline.part(share));
    if (error === undefined) return { socket, address: addressOf(place) };
    // A port without a listener refuses: this connection was accepted, and reset at once.
    if (error.kind === 'reset') stages.enter('greeting');
    errors.push(error.kind === 'reset' ? { ...error, phase: 'tls' } : error);
    if (error.kind === 'cancelled') break;
  }
  return { error: combine(errors) };
}

function addressOf(place: SocketConnectOpts): string {
  return 'path' in place ? place.path : (place.host ?? '');
}

/** Returns the first error, with the messages of all errors. */
export function combine(errors: readonly StepError[]): StepError {
  const [first] = errors;
  if (first === undefined) return { kind: 'dns', phase: 'dns', message: 'the host has no address' };
  return { ...first, message: [...new Set(errors.map(({ message }) => message))].join('; ') };
}
