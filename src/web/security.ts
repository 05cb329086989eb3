import { randomBytes } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';
import type { Caller } from './access.ts';

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
 * Refuses requests that change something and come from another site. A request with a token is
 * exempt: a browser adds none by itself.
 */
export function sameOriginOnly(): MiddlewareHandler<WebEnv> {
  return async (context, next) => {
    const { method } = context.req;
    const isReading = method === 'GET' || method === 'HEAD';
    const hasToken = context.req.header('authorization') !== undefined;
    if (isReading || hasToken || context.req.header('sec-fetch-site') === 'same-origin')
      return await next();
    return context.json(errorBody('cross-site', 'the request does not come from this site'), 403);
  };
}

/** Returns the body of a refusal. */
export function errorBody(code: string, message: string, hint?: string) {
  return { error: { code, message, ...(hint === undefined ? {} : { hint }) } };
}
