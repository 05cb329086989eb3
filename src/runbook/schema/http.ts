import * as z from 'zod/mini';
import { HTTP_METHODS } from '../model/http-request.ts';
import { opt, text } from './parts.ts';

const value = z.union([z.string(), z.number(), z.boolean()]);

const fields = (what: string) => z.record(z.string(), value).check(z.describe(what));

/** The schema of a request. */
export const httpSchema = z
  .strictObject({
    method: opt(z.enum(HTTP_METHODS).check(z.describe('the method (default: GET)'))),
    url: text('an http or https URL; each value in its path is one percent-encoded part'),
    headers: opt(
      z
        .record(z.string(), z.string())
        .check(z.describe('the headers, by name; secrets may be here')),
    ),
    query: opt(fields('values that are added to the query of the URL, by name')),
    json: opt(
      z.unknown().check(z.describe('the body as JSON; its texts can contain placeholders')),
    ),
    form: opt(fields('the body as a form, by name')),
    body: opt(text('the body as a text')),
    ok_status: opt(
      z
        .array(z.int().check(z.gte(100), z.lte(599)))
        .check(z.minLength(1), z.describe('statuses that mean success (default: 200 to 299)')),
    ),
    ca: opt(text('trusted certificate authorities: PEM text or the path of a PEM file')),
  })
  .check(z.describe('a request to a web server, from this machine; redirects are not followed'));

/** A request as written. */
export type HttpDocument = z.infer<typeof httpSchema>;
