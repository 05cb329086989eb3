import * as z from 'zod/mini';
import { parseDuration } from '#text/duration.ts';
import { errorAt } from '../diagnostic.ts';
import { held, holds, withDefault } from '../yaml/holds.ts';

/** Makes a key optional. */
export const opt = z.optional;

/** Returns the schema of a text. */
export const text = (description: string) => z.string().check(z.describe(description));

/** Returns the schema of true or false. */
export const flag = (description: string) => z.boolean().check(z.describe(description));

/** Returns the schema of a whole number that is at least 1. */
export const count = (description: string) => z.int().check(z.gte(1), z.describe(description));

/** Returns the schema of a list of texts. */
export const texts = (description: string) => z.array(z.string()).check(z.describe(description));

/** The schema of a name. */
export const identifier = z.string().check(
  z.regex(/^[a-z][a-z0-9_-]*$/),
  z.meta({
    description: 'lower-case letters, digits, _ and -',
    errorMessage: 'This is not a name: use lower-case letters, digits, _ and -',
  }),
);

/** The end of the description of every duration. */
export const DURATION_FORM = 'a duration: 500ms, 10s, 5m or 1h';

/**
 * Returns the schema of a duration, which is held in milliseconds; `what` describes its use. Without
 * a value, the key has `fallback`.
 */
export const duration = (what: string, fallback?: string): z.ZodMiniType<number> => {
  if (fallback !== undefined)
    return withDefault(duration(`${what} (default: ${fallback})`), parseDuration(fallback) ?? 0);
  return holds(
    z.string().check(
      z.regex(/^\d+(\.\d+)?(ms|s|m|h)$/),
      z.meta({
        description: `${what}; ${DURATION_FORM}`,
        errorMessage: 'This is not a duration: write 500ms, 10s, 5m or 1h',
      }),
    ),
    (text) => held(parseDuration(text) ?? 0),
  );
};

/**
 * Returns the schema of a reference to a secret, which only its user resolves; `what` describes it,
 * and `secret` names what must not be written itself: it would be quoted with every problem.
 */
export const secretReference = (what: string, secret: string) =>
  holds(text(`${what}; ${REFERENCE_FORM}`), (written, { node: { span }, path }) => {
    if (/^(?:env|file|command):\s*\S/.test(written)) return held({ written, span });
    const message = `${path.at(-1)} is not a reference`;
    const hint = `${REFERENCE_FORM}; never ${secret} itself`;
    const first = { start: span.start, end: span.start + 1 };
    return { value: undefined, problems: [errorAt('wrong-value', first, message, hint)] };
  });

const REFERENCE_FORM = 'env:NAME, file:PATH or command: …';

/** Returns the schema of a condition. */
export const condition = (what: string) =>
  z.union([z.string(), z.boolean()]).check(z.describe(`${what}; a CEL expression`));

/** The addresses of places where scripts run, other than this machine. */
export const places = [
  z.strictObject({ ssh: text('user@host, or an alias of the ssh configuration') }),
  z.strictObject({ docker: text("a container's name or ID") }),
  z.strictObject({
    kubernetes: z
      .strictObject({
        pod: opt(text('a pod; alternative to deployment')),
        deployment: opt(text('a deployment, one of whose pods is used; alternative to pod')),
        container: opt(text('the container in the pod (default: the first)')),
        namespace: opt(text("the namespace (default: the context's)")),
        context: opt(text('the kubectl context (default: the current one)')),
      })
      .check(z.describe('a pod that scripts run in')),
  }),
] as const;
