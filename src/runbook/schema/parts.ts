import * as z from 'zod/mini';

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

/** Returns the schema of a duration; `what` describes its use. */
export const duration = (what: string) =>
  z.string().check(
    z.regex(/^\d+(\.\d+)?(ms|s|m|h)$/),
    z.meta({
      description: `${what}; ${DURATION_FORM}`,
      errorMessage: 'This is not a duration: write 500ms, 10s, 5m or 1h',
    }),
  );

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
