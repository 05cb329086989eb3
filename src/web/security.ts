import { randomBytes } from 'node:crypto';
import type { HonoRequest, MiddlewareHandler } from 'hono';
import type { Access, Caller } from './access.ts';
import { bearerOf, callerOf } from './caller.ts';

/** The variables of a request. */
export type WebEnv = {
  Variables: {
    /** Allows the script and the style of this response. */
    nonce: string;
    /** Set behind the routes that somebody has to be known for. */
    caller: Caller;
  };
};

/** Returns the policy of a page whose script and style have this nonce. */
function policyOf(nonce: string): string {
  return [
    ...["default-src 'none'", `script-src 'nonce-${nonce}'`, `style-src 'nonce-${nonce}'`],
    ...["connect-src 'self'", 'img-src data:', "form-action 'self'"],
    ...["base-uri 'none'", "frame-ancestors 'none'"],
  ].join('; ');
}

/** Sets the headers that keep a page from loading, sending or being framed by anything else. */
export function secured(): MiddlewareHandler<WebEnv> {
  return async (context, next) => {
    const nonce = randomBytes(16).toString('base64');
    context.set('nonce', nonce);
    await next();
    const { headers } = context.res;
    if (!headers.has('Content-Security-Policy'))
      headers.set('Content-Security-Policy', policyOf(nonce));
    if (!headers.has('Cache-Control')) headers.set('Cache-Control', 'no-store');
    headers.set('X-Content-Type-Options', 'nosniff');
    headers.set('Referrer-Policy', 'same-origin');
    headers.set('Cross-Origin-Opener-Policy', 'same-origin');
    headers.set('Cross-Origin-Resource-Policy', 'same-origin');
  };
}

/**
 * Refuses requests that change something and come from another site. Only a request whose own bearer
 * is accepted may come from anywhere: cookies, and the password for a proxy, are added by a browser
 * itself.
 */
export function sameOriginOnly(access: Access, now: () => number): MiddlewareHandler<WebEnv> {
  return async (context, next) => {
    const { method } = context.req;
    const isReading = method === 'GET' || method === 'HEAD';
    if (isReading || context.req.header('sec-fetch-site') === 'same-origin') return await next();
    if (bearerOf(context) === undefined)
      return context.json(errorBody('cross-site', 'the request does not come from this site'), 403);
    if ((await callerOf(context, access, now())) !== undefined) return await next();
    return context.json(errorBody('sign-in', 'sign in first'), 401);
  };
}

/** Returns how a log names a request: one word each, whatever was sent. */
export function named({ method, url }: Pick<HonoRequest, 'method' | 'url'>): string {
  return `${method} ${new URL(url).pathname.slice(0, 200)}`;
}

/** The seconds after which a request is to be sent again that came in an outage. */
export const RETRY_AFTER_S = '5';

/** Returns the body of a refusal. */
export function errorBody(code: string, message: string, hint?: string) {
  return { error: { code, message, ...(hint === undefined ? {} : { hint }) } };
}
