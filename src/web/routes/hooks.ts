import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { LIMITS } from '#alerts/alert.ts';
import { answerHook, type Hooks } from '../hooks.ts';
import { errorBody, named, RETRY_AFTER_S, type WebEnv } from '../security.ts';

/** The surroundings of the webhooks over HTTP. */
export type HookParts = Hooks & {
  /** In milliseconds since 1970. */
  readonly now: () => number;
  /** Returns the address of the sender, as far as it can be trusted. */
  readonly address: (context: Context) => string | undefined;
  readonly reportError: (error: unknown, request: string) => void;
  /** Resolves with whether requests fail since the control plane is away. */
  readonly isAway: () => Promise<boolean>;
};

/**
 * Returns `POST /hooks/{source}`. Mounted before the same-origin check: senders are not browsers,
 * and are known by their signature.
 */
export function hookRoutes(parts: HookParts): Hono<WebEnv> {
  const app = new Hono<WebEnv>();
  const tooLarge = (context: Context) =>
    context.json(errorBody('too-large', 'the body is too large'), 413);
  app.post('/:source', bodyLimit({ maxSize: LIMITS.bytes, onError: tooLarge }), async (context) => {
    const body = new Uint8Array(await context.req.arrayBuffer());
    const header = (name: string) => context.req.header(name);
    const request = { header, body, address: parts.address(context) };
    try {
      const answer = await answerHook(context.req.param('source'), request, parts, parts.now());
      return Response.json(answer.body, { status: answer.status, headers: answer.headers });
    } catch (error) {
      const isAway = await parts.isAway();
      if (isAway) context.header('Retry-After', RETRY_AFTER_S);
      else parts.reportError(error, named(context.req));
      const code = isAway ? 'unavailable' : 'internal';
      return context.json(errorBody(code, 'the alerts could not be stored'), isAway ? 503 : 500);
    }
  });
  return app;
}
