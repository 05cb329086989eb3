import { Hono, type HonoRequest } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { RunbookError } from '#errors.ts';
import { callerOf } from './caller.ts';
import { messagePage } from './page/frame.ts';
import { SCRIPT, SCRIPT_PATH } from './page/script.ts';
import { STYLE, STYLE_PATH } from './page/style.ts';
import { RateLimit } from './rate-limit.ts';
import { hookRoutes } from './routes/hooks.ts';
import { pages, signInRoutes, terminalSessions } from './routes/pages.ts';
import { runsApi } from './routes/runs-api.ts';
import { metricsText, teamApi } from './routes/team-api.ts';
import {
  errorBody,
  named,
  RETRY_AFTER_S,
  sameOriginOnly,
  secured,
  type WebEnv,
} from './security.ts';
import type { WebParts } from './seen-runs.ts';
import { MOST_INTENTS } from './take-intent.ts';

const FOREVER = 'public, max-age=31536000, immutable';

/**
 * Returns the HTTP server of a team without its socket: pages, the API of runs, and health. Everything
 * it knows of runs and people is passed in.
 */
export function webApp(parts: WebParts): Hono<WebEnv> {
  const app = new Hono<WebEnv>();
  const { access, runs, now } = parts;
  app.use(secured());
  // No path and no filter has it, and PostgreSQL refuses it.
  app.use(async (context, next) => {
    if (!/%00/.test(context.req.url)) return await next();
    return context.json(errorBody('invalid', 'the address is not valid'), 400);
  });
  if (parts.hooks !== undefined) {
    const { reportError, isAway } = parts;
    app.route('/hooks', hookRoutes({ ...parts.hooks, now, reportError, isAway }));
  }
  app.route('/auth', terminalSessions(parts));
  app.use(sameOriginOnly(access, now));

  app.get(SCRIPT_PATH, (context) =>
    context.body(SCRIPT, 200, { 'Content-Type': 'text/javascript', 'Cache-Control': FOREVER }),
  );
  app.get(STYLE_PATH, (context) =>
    context.body(STYLE, 200, { 'Content-Type': 'text/css', 'Cache-Control': FOREVER }),
  );
  app.get('/health/live', (context) => context.text('ok\n'));
  app.get('/health/ready', async (context) => {
    const trouble = await runs.trouble();
    return trouble === undefined ? context.text('ok\n') : context.text(`${trouble}\n`, 503);
  });
  app.get('/metrics', async (context) =>
    context.text(metricsText(await parts.team.figures()), 200, {
      'Content-Type': 'text/plain; version=0.0.4; charset=utf-8',
    }),
  );
  app.route('/auth', signInRoutes(parts));

  app.use(async (context, next) => {
    const caller = await callerOf(context, access, now());
    const isApi = context.req.path.startsWith('/api/');
    // Pages are for people: a token is not sent by a browser.
    if (caller !== undefined && (isApi || caller.scopes === undefined)) {
      context.set('caller', caller);
      return await next();
    }
    const isScript = context.req.header('accept') === 'application/json';
    if (isApi || isScript) return context.json(errorBody('sign-in', 'sign in first'), 401);
    const path = encodeURIComponent(context.req.path);
    return context.redirect(`/auth/login?next=${path}`, 303);
  });
  const limit = new RateLimit(MOST_INTENTS);
  app.route('/api/runs', runsApi({ ...parts, limit }));
  app.route('/api', teamApi(parts));
  app.route('/', pages({ ...parts, limit }));

  app.notFound((context) => {
    if (context.req.path.startsWith('/api/'))
      return context.json(errorBody('not-found', 'there is nothing at this path'), 404);
    const frame = { title: 'Not found', nonce: context.get('nonce') };
    return context.html(messagePage(frame, 'There is nothing at this address.'), 404);
  });
  app.onError(async (error, context) => {
    // A body that is too large.
    if (error instanceof HTTPException)
      return context.json(errorBody('invalid', 'the body is too large'), error.status);
    const { code, message, status } = await failureOf(error, context.req, parts);
    if (status === 503) context.header('Retry-After', RETRY_AFTER_S);
    const wantsJson =
      context.req.path.startsWith('/api/') || context.req.header('accept') === 'application/json';
    if (wantsJson) return context.json(errorBody(code, message), status);
    // What only reads is asked for again by the browser itself.
    if (status === 503 && context.req.method === 'GET') context.header('Refresh', RETRY_AFTER_S);
    const frame = { title: 'Not done', nonce: context.get('nonce') };
    return context.html(messagePage(frame, message), status);
  });
  return app;
}

/** Resolves with what a request is answered that was not done, and reports what is no refusal. */
async function failureOf(
  error: unknown,
  request: HonoRequest,
  { isAway, reportError }: Pick<WebParts, 'isAway' | 'reportError'>,
): Promise<{ readonly code: string; readonly message: string; readonly status: 409 | 500 | 503 }> {
  if (error instanceof RunbookError && error.code === 'usage')
    return { code: 'refused', message: error.message, status: 409 };
  if (await isAway()) {
    const then = request.method === 'GET' ? 'Try again in a moment.' : UNKNOWN;
    const message = `The control plane does not answer. ${then}`;
    return { code: 'unavailable', message, status: 503 };
  }
  reportError(error, named(request));
  return { code: 'internal', message: 'The server could not do this.', status: 500 };
}

const UNKNOWN = 'It is not known whether this was recorded: look at the run before you try again.';
