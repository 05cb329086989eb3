import * as z from 'zod/mini';
import { identifier, opt, text } from './parts.ts';
import { anyClause, anyStep } from './step.ts';

/** The types of a parameter. */
export const PARAMETER_TYPES = [
  'text',
  'number',
  'boolean',
  'duration',
  'condition',
  'step',
  'list',
  'mapping',
] as const;

const parameter = z.strictObject({
  type: opt(z.enum(PARAMETER_TYPES).check(z.describe('what may be given (default: text)'))),
  default: opt(z.unknown().check(z.describe('used when nothing is given'))),
  about: opt(text('what is to be given')),
});

const params = z
  .union([z.array(identifier), z.record(identifier, parameter)])
  .check(z.describe('names of what each use gives; inserted with @{name}'));

const about = opt(text('what it is for'));

const fragment = z.union([
  text('the text, inserted with @{name}'),
  z.strictObject({
    about,
    params: opt(params),
    text: opt(text('the text for every engine')),
    postgres: opt(text('the text in statements for PostgreSQL')),
    mysql: opt(text('the text in statements for MySQL, and for MariaDB without one of its own')),
    mariadb: opt(text('the text in statements for MariaDB')),
    pgbouncer: opt(text("the text in commands for PgBouncer's console")),
  }),
]);

const templateOf = (step: z.ZodMiniType, clause: z.ZodMiniType) =>
  z.strictObject({
    about,
    params: opt(params),
    step: opt(step.check(z.describe('one step'))),
    steps: opt(z.array(step).check(z.minLength(1), z.describe('several steps, in order'))),
    clauses: opt(z.array(clause).check(z.minLength(1), z.describe('clauses of next'))),
  });

const libraryOf = (step: z.ZodMiniType, clause: z.ZodMiniType) =>
  z.strictObject({
    about: opt(text('what the file holds')),
    uses: opt(z.array(identifier).check(z.describe('other library files that this one uses'))),
    fragments: opt(z.record(identifier, fragment).check(z.describe('texts by name'))),
    templates: opt(
      z
        .record(identifier, templateOf(step, clause))
        .check(z.describe('steps and clauses by name; put in place with use:')),
    ),
  });

/** A library file without its steps and clauses, which are checked where they are used. */
export const LIBRARY_SCHEMA = libraryOf(z.unknown(), z.unknown());

/** Returns the JSON Schema (draft 2020-12) of library files, for editors. */
export function libraryJsonSchema(): Record<string, unknown> {
  return z.toJSONSchema(libraryOf(anyStep(), anyClause())) as Record<string, unknown>;
}
