import * as z from 'zod/mini';
import type { Names } from '../expression/known-names.ts';
import type { Template } from '../expression/template.ts';
import {
  HTTP_METHODS,
  type HttpBody,
  type HttpContent,
  type HttpFields,
  requestTexts,
} from '../model/http-request.ts';
import { refuseSecrets } from '../model/secrets.ts';
import type { Json } from '../model/value.ts';
import { ANY, BOOLEAN, NUMBER, orNull, TEXT } from '../model/value-type.ts';
import { readJson } from '../model/written-json.ts';
import type { BodyPlace } from '../read/body-place.ts';
import type { PartReader, Path } from '../read/part-reader.ts';
import { opt, text } from '../schema/parts.ts';
import type { KindDeclaration } from './declaration.ts';

const value = z.union([z.string(), z.number(), z.boolean()]);

const fields = (what: string) => z.record(z.string(), value).check(z.describe(what));

const httpSchema = z
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

type HttpDocument = z.infer<typeof httpSchema>;

/** A request to a web server. */
export const http: KindDeclaration<HttpBody> = {
  called: 'this request',
  several: 'requests',
  heading: 'Request',
  language: 'http',
  timeout: '30s',
  canChange: true,
  runsOn: 'here',
  schema: httpSchema,
  lacks: {
    on: 'a request is made from this machine; to make it elsewhere, run curl there with shell:',
  },
  read: readRequest,
  templates: requestTexts,
  fields: () => ({
    status: NUMBER,
    status_code: NUMBER,
    headers: ANY,
    json: ANY,
    text: orNull(TEXT),
    truncated: BOOLEAN,
    ms: NUMBER,
  }),
  lists: () => 'json',
};

/** Reads the request under `http` at `path`. */
function readRequest(
  { http: document }: { readonly http?: HttpDocument },
  { path: above, names, reader, around }: BodyPlace,
): HttpBody | undefined {
  if (document === undefined) return undefined;
  const path = [...above, 'http'];
  const { method = 'GET', ok_status: okStatus = [], ca: isGiven } = document;
  const url = reader.template([...path, 'url'], names);
  const headers = readHeaders(document, [...path, 'headers'], names, reader);
  const content = readContent(document, path, names, reader);
  const ca = isGiven === undefined ? undefined : reader.template([...path, 'ca'], names);
  if (ca !== undefined) refuseSecrets(ca, around.secrets, 'secret-in-text', reader);
  if (url === undefined) return undefined;
  checkUrl(url, reader);
  const query = readFields(document.query, [...path, 'query'], names, reader);
  return { kind: 'http', method, url, headers, query, content, okStatus, ca };
}

/** A URL begins with its scheme, or with a placeholder that holds it. */
function checkUrl(url: Template, reader: PartReader): void {
  if (url.placeholders[0]?.at === 0 || /^https?:\/\/[^/?#]/i.test(url.text)) return;
  reader.report(
    'wrong-value',
    url.span,
    'this is not an http or https URL',
    'write https://HOST/PATH, or begin with a placeholder that holds it',
  );
}

/** Headers that belong to the connection. */
const OWN =
  /^(?:connection|content-length|transfer-encoding|accept-encoding|te|trailer|upgrade|expect|keep-alive)$/i;

function readHeaders(
  { headers = {} }: HttpDocument,
  path: Path,
  names: Names,
  reader: PartReader,
): Readonly<Record<string, Template>> {
  const read: Record<string, Template> = {};
  const seen = new Set<string>();
  for (const name of Object.keys(headers)) {
    const problem = headerProblem(name, seen);
    seen.add(name.toLowerCase());
    if (problem !== undefined)
      reader.report('wrong-value', reader.keySpan([...path, name]), ...problem);
    const value = reader.template([...path, name], names);
    if (value !== undefined) read[name] = value;
  }
  return read;
}

function headerProblem(name: string, seen: ReadonlySet<string>): [string, string] | undefined {
  if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name))
    return [`"${name}" is not the name of a header`, 'letters, digits and -'];
  if (OWN.test(name)) return [`the header ${name} is set by the connection`, 'leave it out'];
  return seen.has(name.toLowerCase())
    ? [`the header ${name} stands here twice`, 'keep one of them']
    : undefined;
}

function readContent(
  document: HttpDocument,
  path: Path,
  names: Names,
  reader: PartReader,
): HttpContent | undefined {
  const kinds = (['json', 'form', 'body'] as const).filter((key) => document[key] !== undefined);
  const [kind, other] = kinds;
  if (kind === undefined) return undefined;
  const { method = 'GET' } = document;
  if (method === 'GET' || method === 'HEAD')
    reader.report(
      'keys-conflict',
      reader.keySpan([...path, kind]),
      `a ${method} has no ${kind}`,
      document.method === undefined ? 'add method: POST' : 'put the values into query:',
    );
  if (other !== undefined)
    reader.report(
      'keys-conflict',
      reader.keySpan([...path, other]),
      `a request has ${kind} or ${other}, not both`,
      'keep one of them',
    );
  const at = [...path, kind];
  if (kind === 'form') return { kind, fields: readFields(document.form, at, names, reader) };
  if (kind === 'json') {
    const json = readJson(document.json as Json, at, names, reader);
    return json && { kind, json };
  }
  const text = reader.template(at, names);
  return text && { kind: 'text', text };
}

function readFields(
  fields: HttpDocument['query'],
  path: Path,
  names: Names,
  reader: PartReader,
): HttpFields {
  return Object.fromEntries(
    Object.entries(fields ?? {}).map(([name, value]) => [
      name,
      (typeof value === 'string' ? reader.template([...path, name], names) : undefined) ?? value,
    ]),
  );
}
