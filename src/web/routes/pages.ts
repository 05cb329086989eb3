import { randomUUID } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { StoredIntent } from '#events/log/news.ts';
import { refusalText } from '#events/wording/answered-by.ts';
import { storableText } from '#text/utf8.ts';
import type { Caller } from '../access.ts';
import { bearerOf, callerOf, openSession, signIn, signOut } from '../caller.ts';
import { intentOfForm } from '../intents.ts';
import { asked, listedRuns, wantedOf } from '../listed-runs.ts';
import { alertsPage } from '../page/alerts.ts';
import { messagePage } from '../page/frame.ts';
import { listPage } from '../page/list.ts';
import { capital } from '../page/markup.ts';
import { settingsPage, signInPage } from '../page/other.ts';
import { queuedPage, runPage } from '../page/run.ts';
import { runbookPage, runbooksPage } from '../page/runbooks.ts';
import { RateLimit } from '../rate-limit.ts';
import { errorBody, type WebEnv } from '../security.ts';
import { seenAlerts, tryAgain } from '../seen-alerts.ts';
import { type SeenRun, seenRun, senderOf, viewed, type WebParts } from '../seen-runs.ts';
import type { ServedRuns } from '../served-runs.ts';
import { startRun } from '../start-run.ts';
import { type IntentParts, MOST_INTENTS, takeIntent } from '../take-intent.ts';
import { MOST_BYTES } from './runs-api.ts';
import { FORMATS } from './transcript.ts';

/** The most of their own answers that a person sees. */
const MOST_OWN = 3;

/** How long the response to a form waits for the verdict of the worker. */
const ANSWER_MS = 5_000;

/** Returns the pages, for persons with a session. */
export function pages(parts: WebParts & IntentParts): Hono<WebEnv> {
  const app = new Hono<WebEnv>();
  const { runs, now } = parts;

  app.get('/', async (context) => {
    const { person } = context.get('caller');
    const frame = { nonce: context.get('nonce'), person, now: now() };
    const wanted = wantedOf(context.req.query());
    const found = await listedRuns(context.get('caller'), parts, wanted);
    return context.html(listPage({ ...found, ...frame, wanted }));
  });

  app.get('/r/:id', async (context) => {
    const seen = await seenRun(context, parts);
    if (seen === undefined) return missing(context);
    const frame = { ...seen, nonce: context.get('nonce'), now: now() };
    const { view, records } = await viewed(runs, seen.run.id);
    // Opening the page wakes a run that waits for somebody and that no worker holds.
    if (view === undefined || view.status !== 'finished') await look(runs, seen);
    if (view === undefined) {
      const place = await parts.team.placeInQueue(seen.run.id);
      return context.html(queuedPage({ ...frame, place }));
    }
    const sent = context.req.query('intent');
    const own = await ownIntents(runs, seen);
    const alerts = view.alerts === undefined ? [] : await parts.team.alertsOf(seen.run.id);
    return context.html(runPage({ ...frame, view, records, alerts, own, sent }));
  });

  app.get('/r/:id/record', async (context) => {
    const seen = await seenRun(context, parts);
    if (seen === undefined) return missing(context);
    const { write, headers } = FORMATS.html;
    return context.body(await write(runs, seen.run.id), 200, headers);
  });

  app.post('/r/:id/intents', bodyLimit({ maxSize: MOST_BYTES }), async (context) => {
    const seen = await seenRun(context, parts);
    if (seen === undefined) return missing(context);
    const sent = await takeForm(context, parts, seen);
    const isScript = context.req.header('accept') === 'application/json';
    const path = `/r/${encodeURIComponent(seen.run.id)}`;
    if ('status' in sent) {
      const { status, code, message } = sent;
      if (isScript) return context.json(errorBody(code, message), status);
      const frame = { title: 'Not taken', nonce: context.get('nonce'), person: seen.person };
      return context.html(messagePage(frame, message, { path, name: 'Back to the run' }), status);
    }
    const stored = await answered(runs, seen, sent);
    return isScript
      ? context.json(outcomeOf(stored))
      : context.redirect(`${path}?intent=${encodeURIComponent(sent.id)}`, 303);
  });

  app.get('/alerts', async (context) => {
    const caller = context.get('caller');
    const seen = await seenAlerts(caller, parts, asked(context.req.query()).before);
    const frame = { nonce: context.get('nonce'), person: caller.person };
    if (seen === undefined)
      return context.html(
        messagePage({ ...frame, title: 'No such alert' }, 'There is no alert with that ID.'),
        404,
      );
    return context.html(alertsPage({ ...seen, ...frame, now: now() }));
  });

  app.post('/alerts/:id/again', async (context) => {
    const tried = await tryAgain(context.req.param('id'), context.get('caller'), parts);
    if ('run' in tried) return context.redirect(`/r/${encodeURIComponent(tried.run)}`, 303);
    const frame = { title: 'Not started', nonce: context.get('nonce') };
    const to = { path: '/alerts', name: 'All alerts' };
    const { person } = context.get('caller');
    return context.html(messagePage({ ...frame, person }, tried.message, to), tried.status);
  });

  app.get('/runbooks', async (context) => {
    const frame = { nonce: context.get('nonce'), person: context.get('caller').person };
    return context.html(runbooksPage(frame, await parts.team.runbooks()));
  });

  app.get('/runbooks/:name', async (context) => {
    const caller = context.get('caller');
    const frame = { nonce: context.get('nonce'), person: caller.person };
    const runbook = await parts.team.runbook(context.req.param('name'));
    if (runbook === undefined) {
      const to = { path: '/runbooks', name: 'All runbooks' };
      const text = 'The server has no valid runbook of that name.';
      return context.html(messagePage({ ...frame, title: 'No such runbook' }, text, to), 404);
    }
    const places = (await rightsOf(caller, parts)).map(([name, { operate }]) => {
      return { name, mayStart: operate.may };
    });
    // Sending the form twice starts one run.
    return context.html(runbookPage({ ...frame, key: randomUUID() }, runbook, places));
  });

  app.post('/runbooks/:name/runs', bodyLimit({ maxSize: MOST_BYTES }), async (context) => {
    const caller = context.get('caller');
    const runbook = context.req.param('name');
    const fields = textsOf(await context.req.parseBody());
    const inputs = Object.entries(fields).flatMap(([name, text]) =>
      name.startsWith(INPUT) && text !== '' ? [[name.slice(INPUT.length), text] as const] : [],
    );
    const started = await startRun(parts, caller, {
      ...{ runbook, environment: fields.environment ?? '', inputs: Object.fromEntries(inputs) },
      ...{ mode: fields.mode === 'dry-run' ? 'dry-run' : 'live', key: fields.key },
    });
    if ('run' in started) return context.redirect(`/r/${encodeURIComponent(started.run)}`, 303);
    const frame = { title: 'Not started', nonce: context.get('nonce'), person: caller.person };
    const to = { path: `/runbooks/${encodeURIComponent(runbook)}`, name: 'Back to the runbook' };
    return context.html(messagePage(frame, sentence(started.message), to), started.status);
  });

  app.get('/settings', async (context) => {
    const caller = context.get('caller');
    const { person } = caller;
    const seen = await rightsOf(caller, parts);
    const { team } = parts;
    const [troubles, workers] = await Promise.all([team.channelTroubles(), team.workers()]);
    const frame = { nonce: context.get('nonce'), person };
    return context.html(settingsPage(frame, seen, { troubles, workers }));
  });
  return app;
}

const sentence = (text: string) => capital(text).replace(/[.!?]?$/, '.');

/** The fields of a form that are inputs begin so. */
const INPUT = 'input.';

/** Resolves with the environments whose runs somebody may see, and the rights there. */
async function rightsOf(caller: Caller, { access }: Pick<WebParts, 'access'>) {
  const names = await access.environments();
  const all = await Promise.all(
    names.map(async (name) => [name, await access.rights(caller, name)] as const),
  );
  return all.filter(([, { see }]) => see);
}

/** Returns the routes with which somebody signs in and out. */
export function signInRoutes({ access, audit, now, loginLink }: WebParts): Hono<WebEnv> {
  const app = new Hono<WebEnv>();
  const refusals = new RateLimit(MOST_INTENTS);
  app.get('/login', (context) => {
    const next = nextOf(context.req.query('next'));
    return context.html(signInPage({ nonce: context.get('nonce') }, { next, isRefused: false }));
  });
  app.get('/link', async (context) => {
    // Who previews a link asks for its head, and must not use it up.
    if (context.req.method === 'HEAD') return context.body(null);
    const found = loginLink?.(context.req.query('code') ?? '');
    const person = found && (await signIn(context, access, found.token, now()));
    if (found !== undefined && person !== undefined) {
      await audit.note({ what: 'signed-in', person: person.id, more: { via: 'link' } });
      return context.redirect(nextOf(found.next), 303);
    }
    const frame = { title: 'Not signed in', nonce: context.get('nonce') };
    const text = 'This link was used, or is none. Sign in with a token.';
    const back = { path: '/auth/login', name: 'Sign in' };
    return context.html(messagePage(frame, text, back), 401);
  });
  app.post('/login', bodyLimit({ maxSize: 16 * 1024 }), async (context) => {
    const { token, next: wanted } = textsOf(await context.req.parseBody());
    const next = nextOf(wanted);
    const person = await signIn(context, access, token ?? '', now());
    if (person !== undefined) {
      await audit.note({ what: 'signed-in', person: person.id, more: { via: 'page' } });
      return context.redirect(next, 303);
    }
    // Nobody is known here: more than some would only fill the audit.
    if (refusals.take('', now()) === undefined) await audit.note({ what: 'sign-in-refused' });
    const page = signInPage({ nonce: context.get('nonce') }, { next, isRefused: true });
    return context.html(page, 401);
  });
  app.delete('/session', async (context) => {
    const caller = await callerOf(context, access, now());
    await signOut(context, access);
    if (caller !== undefined) await audit.note({ what: 'signed-out', person: caller.person.id });
    return context.body(null, 204);
  });
  app.post('/logout', async (context) => {
    const caller = await callerOf(context, access, now());
    await signOut(context, access);
    if (caller !== undefined) await audit.note({ what: 'signed-out', person: caller.person.id });
    return context.redirect('/auth/login', 303);
  });
  return app;
}

/** Returns the route that gives a terminal a session for its token: no cookie is read or set. */
export function terminalSessions({ access, audit, now }: WebParts): Hono<WebEnv> {
  const app = new Hono<WebEnv>();
  const refusals = new RateLimit(MOST_INTENTS);
  app.post('/session', async (context) => {
    const caller = await callerOf(context, access, now());
    if (caller?.scopes === undefined) {
      if (refusals.take('', now()) === undefined) await audit.note({ what: 'sign-in-refused' });
      return context.json(errorBody('sign-in', 'the token is not known or has expired'), 401);
    }
    const session = await openSession(access, bearerOf(context) ?? '', now());
    if (session === undefined)
      return context.json(errorBody('scope', 'the token does not allow to sign in'), 403);
    const { secret, person, expiresAt } = session;
    await audit.note({ what: 'signed-in', person: person.id, more: { via: 'terminal' } });
    return context.json({ session: secret, person, expires_at: expiresAt }, 201);
  });
  return app;
}

/** Only a path of this server: another address would lend its name to a foreign page. */
function nextOf(next: string | undefined): string {
  return /^\/(?:r\/[\w%.-]+(?:\/record)?|alerts|settings)$/.test(next ?? '') ? (next ?? '/') : '/';
}

function missing(context: Context<WebEnv>) {
  const frame = { title: 'No such run', nonce: context.get('nonce') };
  const { person } = context.get('caller');
  return context.html(messagePage({ ...frame, person }, 'There is no run with that ID.'), 404);
}

async function look(runs: ServedRuns, seen: SeenRun): Promise<void> {
  if (seen.run.status === 'finished') return;
  await runs.add({ ...senderOf(seen), via: 'page', intent: { type: 'look' } });
}

async function takeForm(context: Context<WebEnv>, parts: IntentParts, seen: SeenRun) {
  const { runs } = parts;
  const { run } = seen;
  const form = textsOf(await context.req.parseBody());
  const { view, records } = await viewed(runs, run.id);
  const intent = view === undefined ? undefined : intentOfForm(form, view);
  if (view === undefined || intent === undefined)
    return { status: 422, code: 'invalid', message: 'The form is not complete.' } as const;
  const atSeq = /^\d{1,9}$/.test(form.at_seq ?? '') ? Number(form.at_seq) : undefined;
  const taken = await takeIntent(parts, seen, { via: 'page', intent, atSeq }, { view, records });
  return 'id' in taken ? { ...taken, after: view.seq } : taken;
}

function textsOf(body: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  const texts = Object.entries(body).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  // A form sends the line ends of the network.
  return Object.fromEntries(
    texts.map(([name, text]) => [name, storableText(text.replaceAll('\r\n', '\n'))]),
  );
}

/** Resolves with an intent once it has a verdict, or after a while without one. */
async function answered(
  runs: ServedRuns,
  seen: SeenRun,
  { id, after }: { readonly id: string; readonly after: number },
): Promise<StoredIntent | undefined> {
  const signal = AbortSignal.timeout(ANSWER_MS);
  for await (const news of runs.news(seen.run.id, after, signal)) {
    if (news.kind === 'answer' && news.intent.id === id) return news.intent;
    const stored = await ownIntent(runs, seen, id);
    if (stored?.verdict !== undefined || news.kind === 'end') return stored;
  }
  return await ownIntent(runs, seen, id);
}

async function ownIntent(
  runs: ServedRuns,
  { run, person }: SeenRun,
  id: string,
): Promise<StoredIntent | undefined> {
  const all = await runs.intents(run.id);
  return all.find((intent) => intent.id === id && intent.person === person.id);
}

/** Resolves with the last intents of a person, the latest first. */
async function ownIntents(
  runs: ServedRuns,
  { run, person }: SeenRun,
): Promise<readonly StoredIntent[]> {
  const all = await runs.intents(run.id);
  const own = all.filter(({ person: by, intent }) => by === person.id && intent.type !== 'look');
  return own.slice(-MOST_OWN).toReversed();
}

function outcomeOf(stored: StoredIntent | undefined) {
  const verdict = stored?.verdict;
  if (verdict === undefined)
    return { accepted: true, message: 'Sent. The worker has not answered yet.' };
  if (verdict.accepted) return { accepted: true, message: 'Done.' };
  return { accepted: false, message: refusalText(verdict) };
}
