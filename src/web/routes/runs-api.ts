import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { streamSSE } from 'hono/streaming';
import type { News, StoredIntent } from '#events/log/news.ts';
import { RUN_MODES, type RunMode } from '#runbook/model/terms.ts';
import { storable } from '#text/utf8.ts';
import { hasScope } from '../caller.ts';
import { readIntent } from '../intents.ts';
import { asked } from '../listed-runs.ts';
import { errorBody, named, type WebEnv } from '../security.ts';
import { seenRun, seenRuns, senderOf, viewed, type WebParts } from '../seen-runs.ts';
import { startRun } from '../start-run.ts';
import { type IntentParts, takeIntent } from '../take-intent.ts';
import { FORMATS, isFormat } from './transcript.ts';

/** The largest body of a request, in bytes. */
export const MOST_BYTES = 1024 * 1024;

const MISSING = errorBody('no-run', 'there is no run with that ID');
const BEAT_MS = 15_000;
/** The most open streams of a person at a server. */
const MOST_STREAMS = 50;
const TOO_MANY_STREAMS = errorBody('too-many', `${MOST_STREAMS} streams are open`);
/** The most intents that are listed: the last ones. */
const MOST_LISTED = 100;

/** Returns the routes below `/api/runs`, for callers that are known. */
export function runsApi(parts: WebParts & IntentParts): Hono<WebEnv> {
  const api = new Hono<WebEnv>();
  const { runs } = parts;
  /** The open streams by person, of this process. */
  const streams = new Map<string, number>();
  api.use(async (context, next) => {
    const isReading = context.req.method === 'GET' || context.req.method === 'HEAD';
    if (!isReading || hasScope(context.get('caller'), 'read')) return await next();
    return context.json(errorBody('scope', 'the token does not allow reading'), 403);
  });
  api.use(bodyLimit({ maxSize: MOST_BYTES }));

  api.get('/', async (context) => {
    const { state, runbook, environment, before } = asked(context.req.query());
    if (state !== undefined && stateOf(state) === undefined)
      return context.json(errorBody('invalid', 'the state is open or finished'), 422);
    const place = environment === undefined ? {} : { environment };
    const wanted = { runbook, ...place, before, state: stateOf(state), limit: 50 };
    const found = await seenRuns(context.get('caller'), parts, wanted);
    return context.json({ runs: found.runs, before: found.more ?? null });
  });

  api.get('/:id', async (context) => {
    const seen = await seenRun(context, parts);
    if (seen === undefined) return context.json(MISSING, 404);
    const { view } = await viewed(runs, seen.run.id);
    const own = (await runs.intents(seen.run.id)).filter(({ person }) => person === seen.person.id);
    const { operate, confirm } = seen.rights;
    return context.json({
      ...{ run: seen.run, view: view ?? null, intents: own.slice(-MOST_LISTED).map(intentJson) },
      may: { operate, confirm },
    });
  });

  api.get('/:id/journal', async (context) => {
    const seen = await seenRun(context, parts);
    if (seen === undefined) return context.json(MISSING, 404);
    const lines = await runs.lines(seen.run.id, numberOf(context.req.query('after')) ?? 0);
    const body = lines.map(({ line }) => line).join('');
    return context.body(body, 200, { 'Content-Type': 'application/x-ndjson' });
  });

  api.get('/:id/stream', async (context) => {
    const seen = await seenRun(context, parts);
    if (seen === undefined) return context.json(MISSING, 404);
    const last = context.req.header('last-event-id') ?? context.req.query('after');
    const person = seen.person.id;
    const open = streams.get(person) ?? 0;
    if (open >= MOST_STREAMS) return context.json(TOO_MANY_STREAMS, 429);
    // A proxy that collects the response would hold news back.
    context.header('X-Accel-Buffering', 'no');
    streams.set(person, open + 1);
    return streamSSE(context, async (stream) => {
      const gone = new AbortController();
      stream.onAbort(() => gone.abort());
      const beat = setInterval(() => void stream.write(': \n\n'), BEAT_MS);
      try {
        for await (const news of runs.news(seen.run.id, numberOf(last) ?? 0, gone.signal))
          await stream.writeSSE(eventOf(news));
      } catch (error) {
        parts.reportError(error, named(context.req));
      } finally {
        clearInterval(beat);
        streams.set(person, (streams.get(person) ?? 1) - 1);
      }
    });
  });

  api.post('/:id/intents', async (context) => {
    const seen = await seenRun(context, parts);
    if (seen === undefined) return context.json(MISSING, 404);
    const body = await jsonOf(context.req);
    const { run } = seen;
    const place = { ...senderOf(seen), via: 'api' } as const;
    const isLook = (body.intent as { type?: unknown } | null)?.type === 'look';
    if (isLook && hasScope(seen.caller, 'act'))
      return context.json({ intent: await runs.add({ ...place, intent: { type: 'look' } }) }, 202);
    const intent = readIntent(body.intent);
    if (intent === undefined)
      return context.json(errorBody('invalid', 'the body has no valid intent'), 422);
    const atSeq = typeof body.at_seq === 'number' ? body.at_seq : undefined;
    const { view, records } = await viewed(runs, run.id);
    if (view === undefined)
      return context.json(errorBody('not-begun', 'the run has not begun yet'), 409);
    const key = keyOf(context.req.header('idempotency-key'), body.key);
    const arrived = { via: 'api', intent, atSeq, key } as const;
    const taken = await takeIntent(parts, seen, arrived, { view, records });
    if ('id' in taken) return context.json({ intent: taken.id }, 202);
    if ('retryAfterS' in taken) context.header('Retry-After', String(taken.retryAfterS));
    return context.json(errorBody(taken.code, taken.message), taken.status);
  });

  api.post('/', async (context) => {
    const caller = context.get('caller');
    if (!hasScope(caller, 'start'))
      return context.json(errorBody('scope', 'the token does not allow to start runs'), 403);
    const body = await jsonOf(context.req);
    const { runbook, environment, inputs = {}, mode = 'live' } = body;
    if (
      typeof runbook !== 'string' ||
      typeof environment !== 'string' ||
      !isMode(mode) ||
      !isTexts(inputs)
    )
      return context.json(
        errorBody('invalid', 'runbook and environment are texts, inputs are texts by name'),
        422,
      );
    const key = keyOf(context.req.header('idempotency-key'), body.key);
    const started = await startRun(parts, caller, { runbook, environment, inputs, mode, key });
    if ('run' in started) return context.json(started, 201);
    const { status, code, message, retryAfterS } = started;
    if (retryAfterS !== undefined) context.header('Retry-After', String(retryAfterS));
    return context.json(errorBody(code, message), status);
  });

  api.get('/:id/outputs/:file', async (context) => {
    const seen = await seenRun(context, parts);
    if (seen === undefined) return context.json(MISSING, 404);
    const bytes = await runs.output(seen.run.id, `outputs/${context.req.param('file')}`);
    if (bytes === undefined)
      return context.json(errorBody('no-output', 'there is no such output'), 404);
    return context.body(Uint8Array.from(bytes), 200, {
      'Content-Type': 'text/plain; charset=utf-8',
    });
  });

  api.get('/:id/transcript', async (context) => {
    const seen = await seenRun(context, parts);
    if (seen === undefined) return context.json(MISSING, 404);
    const format = context.req.query('format') ?? 'md';
    if (!isFormat(format))
      return context.json(errorBody('invalid', 'the format is md, html, json or postmortem'), 422);
    const { write, headers } = FORMATS[format];
    return context.body(await write(runs, seen.run.id), 200, headers);
  });

  api.get('/:id/archive', async (context) => {
    const seen = await seenRun(context, parts);
    if (seen === undefined) return context.json(MISSING, 404);
    await parts.audit.note({ what: 'run-exported', person: seen.person.id, run: seen.run.id });
    const body = ReadableStream.from<Uint8Array>(runs.archive(seen.run.id));
    return context.body(body, 200, {
      'Content-Type': 'application/octet-stream',
      'Content-Disposition': `attachment; filename="${seen.run.id.replaceAll(/[^\w-]/g, '')}.run"`,
    });
  });
  return api;
}

function stateOf(state: string | undefined): 'open' | 'finished' | undefined {
  return state === 'open' || state === 'finished' ? state : undefined;
}

function numberOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

function keyOf(header: string | undefined, key: unknown): string | undefined {
  const given = header ?? key;
  return typeof given === 'string' && given !== '' ? given.slice(0, 200) : undefined;
}

async function jsonOf(request: { json(): Promise<unknown> }): Promise<Record<string, unknown>> {
  const value = await request
    .json()
    .then(storable)
    .catch(() => undefined);
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function isMode(mode: unknown): mode is RunMode {
  return RUN_MODES.some((one) => one === mode);
}

function isTexts(value: unknown): value is Readonly<Record<string, string>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((text) => typeof text === 'string');
}

/** Only a line has an ID: what follows the last one is news again after a lost connection. */
function eventOf(news: News) {
  switch (news.kind) {
    case 'line':
      return { id: String(news.seq), event: 'line', data: news.line.trimEnd() };
    case 'live':
      return { event: 'live', data: JSON.stringify(news.live) };
    case 'answer':
      return { event: 'answer', data: JSON.stringify(intentJson(news.intent)) };
    case 'trouble':
      return { event: 'trouble', data: JSON.stringify(news.trouble ?? null) };
    case 'end':
      return { event: 'end', data: '' };
  }
}

/** Omits the text that was typed: it belongs in the record. */
function intentJson({ id, atSeq, intent, createdAt, verdict }: StoredIntent) {
  return {
    id,
    at_seq: atSeq ?? null,
    type: intent.type,
    created_at: createdAt,
    verdict: verdict ?? null,
  };
}
