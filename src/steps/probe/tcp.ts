import type { SocketConnectOpts } from 'node:net';
import type { ParametersOf } from '#runbook/model/probe-parameters.ts';
import type { StepError } from '#runbook/model/step-error.ts';
import type { Json } from '#runbook/model/value.ts';
import { combine } from '../reach/reach.ts';
import { resolveHost } from '../reach/resolve.ts';
import { type Connected, connectTo } from '../wire/connect.ts';
import { type Deadline, roundMs } from '../wire/deadline.ts';
import type { ProbeContext, ProbeReport } from './context.ts';

/**
 * Connects to every address of a host at once and disconnects. With `attempts` it repeats this in
 * sequence: lost attempts, and times that vary, indicate a bad network path.
 */
export async function probeTcp(
  { host, port, attempts = 1 }: ParametersOf<'tcp'>,
  { deadline }: ProbeContext,
): Promise<ProbeReport> {
  const nothing = { addresses: [], connected: false };
  const places = await placesOf(host, port, deadline);
  if ('error' in places) return { result: nothing, error: places.error };
  const tried = await Promise.all(places.map((place) => tryOften(place, attempts, deadline)));
  const connected = tried.some((tries) => tries.some(({ error }) => error === undefined));
  const addresses = places.map((place, index) => describe(place, tried[index] ?? []));
  const result = { addresses, connected };
  if (deadline.isCancelled) return { result, error: deadline.error({ phase: 'tcp', message: '' }) };
  if (connected) return { result };
  const errors = tried.flatMap((tries) => tries.flatMap(({ error }) => error ?? []));
  return { result, error: combine(errors) };
}

async function placesOf(
  host: string,
  port: number | undefined,
  deadline: Deadline,
): Promise<readonly SocketConnectOpts[] | { readonly error: StepError }> {
  if (host.startsWith('/')) return [{ path: host }];
  if (port === undefined)
    return { error: { kind: 'config', phase: 'tcp', message: 'tcp needs port' } };
  const { addresses, error } = await resolveHost(host, deadline);
  return error === undefined
    ? addresses.map(({ address }) => ({ host: address, port }))
    : { error };
}

async function tryOften(
  place: SocketConnectOpts,
  attempts: number,
  deadline: Deadline,
): Promise<readonly Connected[]> {
  const tries: Connected[] = [];
  for (let left = attempts; left > 0 && !deadline.isCancelled; left -= 1) {
    const connected = await connectTo(place, deadline.part(deadline.leftMs / left));
    connected.socket?.destroy();
    tries.push(connected);
  }
  return tries;
}

function describe(place: SocketConnectOpts, tries: readonly Connected[]): Json {
  const failed = tries.filter(({ error }) => error !== undefined);
  const times = tries
    .filter(({ error }) => error === undefined)
    .map(({ ms }) => ms)
    .toSorted((a, b) => a - b);
  const error = failed[0]?.error;
  return {
    address: 'path' in place ? place.path : (place.host ?? ''),
    ok: failed.length === 0,
    kind: error?.kind ?? 'none',
    code: error?.code ?? null,
    ms: tries[0]?.ms ?? null,
    attempts: tries.length,
    failed: failed.length,
    loss: tries.length === 0 ? 0 : Math.round((failed.length / tries.length) * 1_000) / 1_000,
    min_ms: times[0] ?? null,
    median_ms: median(times),
    max_ms: times.at(-1) ?? null,
  };
}

function median(sorted: readonly number[]): number | null {
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.floor((sorted.length - 1) / 2)];
  return upper === undefined || lower === undefined ? null : roundMs((lower + upper) / 2);
}
