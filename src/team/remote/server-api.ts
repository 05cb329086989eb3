import { EXIT, RunbookError } from '#errors.ts';
import { unreachable } from './reach.ts';

/** The address of a server, its name here, and the token of a person for it. */
export type ServerAccess = { readonly name: string; readonly url: URL; readonly token: string };

/** A request that a server has received and not fulfilled. */
export class ServerRefusal extends RunbookError {
  /** The status of HTTP. */
  readonly status: number;
  /** Why, as the server names it, e.g. `stale`. */
  readonly why: string;

  constructor(message: string, { status, why, hint }: RefusalParts) {
    const exitCode = status === 401 || status >= 500 ? EXIT.environment : EXIT.invalid;
    super(message, { code: 'refused-by-server', exitCode, hint });
    this.status = status;
    this.why = why;
  }
}

type RefusalParts = {
  readonly status: number;
  readonly why: string;
  readonly hint?: string | undefined;
};

type OpenedSession = { readonly session: string; readonly person: { readonly name: string } };

const PATIENCE_MS = 30_000;
/** The silence after which a stream counts as lost; the server sends a heartbeat every 15 s. */
const SILENCE_MS = 40_000;
/** A clock that is wrong by less is shown as it is: the server tells only seconds. */
const SKEW_MS = 2_000;

/** The API of a server, for the person of a token. */
export class ServerApi {
  readonly name: string;
  readonly url: URL;
  readonly #token: string;
  #bearer: Promise<string> | undefined;
  #session: OpenedSession | undefined;
  /** How far the clock of the server is ahead of the one here. */
  skewMs = 0;

  constructor({ name, url, token }: ServerAccess) {
    this.name = name;
    this.url = url;
    this.#token = token;
  }

  /** Resolves with the JSON at a path, or of the response to a body. Rejects with a RunbookError. */
  async json<T>(path: string, body?: unknown): Promise<T> {
    const request = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
    const reply = await this.#ask(path, { ...request, signal: AbortSignal.timeout(PATIENCE_MS) });
    return (await this.#read(() => reply.json())) as T;
  }

  /** Resolves with the bytes at a path. */
  async bytes(path: string): Promise<Buffer> {
    const reply = await this.#ask(path, {});
    return Buffer.from(await this.#read(() => reply.arrayBuffer()));
  }

  /**
   * Yields the events of a stream after an event, with one named `open` first. Rejects if the
   * connection is lost, or silent for too long.
   */
  async *events(path: string, after: number, signal: AbortSignal): AsyncGenerator<ServerEvent> {
    const silent = new AbortController();
    const headers = { accept: 'text/event-stream', 'last-event-id': String(after) };
    let timer = setTimeout(() => silent.abort(), SILENCE_MS);
    const heard = async function* (bytes: AsyncIterable<Uint8Array>) {
      for await (const piece of bytes) {
        clearTimeout(timer);
        timer = setTimeout(() => silent.abort(), SILENCE_MS);
        yield piece;
      }
    };
    try {
      const both = AbortSignal.any([signal, silent.signal]);
      const { body } = await this.#ask(path, { headers, signal: both });
      yield { event: 'open', data: '' };
      if (body !== null) yield* eventsIn(heard(body));
    } catch (error) {
      throw this.#failure(error);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Resolves with the name of the person; undefined for a token that must not sign in. */
  async person(): Promise<string | undefined> {
    await this.#signedIn();
    if (this.#session === undefined) await this.json('api/runs');
    return this.#session?.person.name;
  }

  /** Ends the session on the server, if there is one. Never rejects. */
  async close(): Promise<void> {
    const { session } = this.#session ?? {};
    if (session === undefined) return;
    this.#session = undefined;
    const signal = AbortSignal.timeout(1_000);
    await this.#send('auth/session', session, { method: 'DELETE', signal }).catch(() => undefined);
  }

  /** A session that has ended is opened again, once. */
  async #ask(path: string, request: RequestInit): Promise<Response> {
    const bearer = await this.#signedIn();
    const reply = await this.#send(path, bearer, request);
    if (reply.status !== 401) return await this.#accepted(reply);
    this.#bearer = undefined;
    return await this.#accepted(await this.#send(path, await this.#signedIn(), request));
  }

  #signedIn(): Promise<string> {
    this.#bearer ??= this.#signIn().catch((error: unknown) => {
      this.#bearer = undefined;
      throw error;
    });
    return this.#bearer;
  }

  /** A token that must not sign in is sent itself: it may read or start runs. */
  async #signIn(): Promise<string> {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const reply = await this.#send('auth/session', this.#token, { method: 'POST', signal });
    if (reply.status === 403) return this.#token;
    this.#session = (await (await this.#accepted(reply)).json()) as OpenedSession;
    return this.#session.session;
  }

  async #send(path: string, bearer: string, request: RequestInit): Promise<Response> {
    const base = this.url.href.endsWith('/') ? this.url.href : `${this.url.href}/`;
    const headers = { ...request.headers, authorization: `Bearer ${bearer}` };
    const sentAt = Date.now();
    try {
      const reply = await fetch(new URL(path, base), { ...request, headers, redirect: 'manual' });
      this.#readClock(reply, sentAt);
      return reply;
    } catch (error) {
      throw this.#failure(error);
    }
  }

  #readClock(reply: Response, sentAt: number): void {
    const told = Date.parse(reply.headers.get('date') ?? '');
    const skew = told + 500 - (sentAt + Date.now()) / 2;
    if (!Number.isNaN(skew)) this.skewMs = Math.abs(skew) < SKEW_MS ? 0 : skew;
  }

  async #accepted(reply: Response): Promise<Response> {
    if (reply.ok) return reply;
    const { status } = reply;
    const text = await reply.text().catch(() => '');
    if (status === 401)
      throw new ServerRefusal(`the server ${this.name} does not accept the token`, {
        ...{ status, why: 'sign-in' },
        hint: `log in again: runbook login ${this.url.href}`,
      });
    const told = refusalIn(text);
    if (told !== undefined) throw new ServerRefusal(told.message, { status, ...told });
    throw new ServerRefusal(`the server ${this.name} answers with status ${status}`, {
      ...{ status, why: 'status' },
      hint: status < 500 ? `check its URL: ${this.url.href}` : undefined,
    });
  }

  async #read<T>(read: () => Promise<T>): Promise<T> {
    try {
      return await read();
    } catch (error) {
      throw this.#failure(error);
    }
  }

  #failure(error: unknown): RunbookError {
    return error instanceof RunbookError ? error : unreachable(this.name, error);
  }
}

type Told = { readonly message: string; readonly why: string; readonly hint: string | undefined };

function refusalIn(text: string): Told | undefined {
  try {
    const { error } = JSON.parse(text) as {
      error?: { code?: unknown; message?: unknown; hint?: unknown };
    };
    if (typeof error?.message !== 'string') return undefined;
    const { code, message, hint } = error;
    return { message, why: String(code), hint: typeof hint === 'string' ? hint : undefined };
  } catch {
    return undefined;
  }
}

/** One event of a stream of a server. */
export type ServerEvent = { readonly event: string; readonly data: string };

/**
 * Yields the events in the bytes of a stream (`text/event-stream`); what follows the last complete one
 * is dropped.
 */
export async function* eventsIn(
  bytes: AsyncIterable<Uint8Array>,
): AsyncGenerator<ServerEvent, void> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const piece of bytes) {
    text += decoder.decode(piece, { stream: true });
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const fields = block.split('\n').map(fieldOf);
      const data = fields.filter(([name]) => name === 'data').map(([, value]) => value);
      const event = fields.find(([name]) => name === 'event')?.[1] ?? '';
      if (event !== '' || data.length > 0) yield { event, data: data.join('\n') };
    }
  }
}

/** A comment, which keeps the connection alive, has no name. */
function fieldOf(line: string): readonly [name: string, value: string] {
  const [, name = '', value = ''] = /^([^:]*):? ?(.*)$/s.exec(line) ?? [];
  return [name, value];
}
