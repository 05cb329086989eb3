import type { Scope } from '#runbook/expression/cel.ts';
import {
  missing,
  type Placeholder,
  type Rendered,
  renderForPeople,
  renderTemplate,
  renderText,
  type Template,
  textOf,
} from '#runbook/expression/template.ts';
import type { HttpBody, HttpContent, HttpFields, HttpMethod } from '#runbook/model/http-request.ts';
import type { Value } from '#runbook/model/value.ts';
import { renderJson } from '../actions/render-json.ts';
import { renderValue } from '../actions/render-value.ts';
import { type Judged, judged } from '../effects/judged.ts';
import { PLAIN_HEADERS } from '../effects/plain-headers.ts';
import { known, type Reason, unsure } from '../effects/report.ts';
import { spanInFile } from '../effects/template-language.ts';
import type { ActionRules, RenderOptions, ShownParts } from './action-rules.ts';

/** A request, exactly as it is sent from this machine. */
export type HttpAction = {
  readonly kind: 'http';
  readonly method: HttpMethod;
  readonly url: string;
  /** By name, in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  /** The statuses that mean success; empty: 200 to 299. */
  readonly okStatus: readonly number[];
  readonly ca: string | undefined;
  /** True if it only reads: without an answer it has failed; otherwise its outcome is unknown. */
  readonly readOnly: boolean;
  readonly timeoutMs: number;
};

/** The rules of requests. */
export const http: ActionRules<HttpBody, HttpAction> = {
  render: renderRequest,
  judge: (body) => ({ ...judgeRequest(body), body }),
  statements: () => [],
  written: ({ url }) => url,
  tell: ({ method, url, ...rest }, scope) => {
    const options = { readOnly: false, timeoutMs: 0, engine: undefined };
    const action = renderRequest({ method, url, ...rest }, scope, options);
    return `${method} ${action.ok ? action.value.url : renderForPeople(url, scope)}`;
  },
  show: shownRequest,
};

/** Renders a request into exactly what is sent. Returns a reason if a part of it has no value. */
function renderRequest(
  body: HttpBody,
  scope: Scope,
  { readOnly, timeoutMs }: RenderOptions,
): Rendered<HttpAction> {
  const { kind, method, okStatus } = body;
  const url = renderUrl(body, scope);
  if (!url.ok) return url;
  const content = body.content && renderContent(body.content, scope);
  if (content?.ok === false) return content;
  const headers: Record<string, string> = { ...content?.value.headers };
  for (const [name, template] of Object.entries(body.headers)) {
    const value = renderText(template, scope);
    if (!value.ok) return value;
    if (!HEADER_TEXT.test(value.value))
      return { ok: false, reason: `the header ${name} has characters that no header can have` };
    headers[name.toLowerCase()] = value.value;
  }
  const ca = body.ca === undefined ? undefined : renderText(body.ca, scope);
  if (ca?.ok === false) return ca;
  const value = {
    kind,
    method,
    url: url.value,
    headers,
    body: content?.value.text,
    okStatus,
    ca: ca?.value,
    readOnly,
    timeoutMs,
  };
  return { ok: true, value };
}

/** A line break would begin another header, and what a server takes other signs for differs. */
const HEADER_TEXT = /^[\t\x20-\x7e]*$/;

function renderUrl({ url, query }: HttpBody, scope: Scope): Rendered<string> {
  const written = renderTemplate(url, scope, (value, placeholder) =>
    inUrl(value, placeholder, url),
  );
  if (!written.ok) return written;
  const fields = renderFields(query, scope);
  if (!fields.ok) return fields;
  const parsed = URL.parse(written.value);
  if (parsed === null || !/^https?:$/.test(parsed.protocol) || parsed.hostname === '')
    return { ok: false, reason: 'the URL is not an http or https URL' };
  const own = parsed.search.slice(1);
  parsed.hash = '';
  parsed.search = [own, fields.value].filter((part) => part !== '').join('&');
  return { ok: true, value: parsed.href };
}

/** Returns a value as a part of a URL, depending on its place: the start, the host, or below. */
function inUrl(value: Value, placeholder: Placeholder, url: Template): Rendered<string> {
  if (value === null) return missing(placeholder);
  const text = textOf(value);
  const before = literalBefore(url, placeholder);
  const rest = url.text.slice(placeholder.at + placeholder.length);
  if (placeholder.at === 0) return baseOf(text, rest);
  if (/^https?:\/\/[^/?#]*$/i.test(before))
    return HOST.test(text) ? { ok: true, value: text } : { ok: false, reason: 'it is not a host' };
  if (!before.includes('?') && /^\.*$/.test(text))
    return { ok: false, reason: 'it is not part of a path' };
  return { ok: true, value: encodeURIComponent(text.toWellFormed()) };
}

/** Returns the text before a placeholder; each placeholder in it stands for a part of a name. */
function literalBefore({ text, placeholders }: Template, { at }: Placeholder): string {
  let before = '';
  let from = 0;
  for (const one of placeholders.filter((other) => other.at < at)) {
    before += `${text.slice(from, one.at)}x`;
    from = one.at + one.length;
  }
  return before + text.slice(from, at);
}

/** With more of a URL behind it, a query or a fragment would swallow that. */
function baseOf(text: string, rest: string): Rendered<string> {
  if (!/^https?:\/\//i.test(text)) return { ok: false, reason: 'it is not an http or https URL' };
  if (rest === '' || !/[?#]/.test(text)) return joined(text, rest);
  return { ok: false, reason: 'it has a query, and more of the URL follows' };
}

function joined(text: string, rest: string): Rendered<string> {
  return /^(?:$|[/?])/.test(rest)
    ? { ok: true, value: rest.startsWith('/') ? text.replace(/\/$/, '') : text }
    : { ok: false, reason: 'write / after the placeholder that begins the URL' };
}

const HOST = /^(?:[a-z\d](?:[a-z\d._-]*[a-z\d])?|\[[\da-f:.]+\])(?::\d{1,5})?$/i;

function renderContent(
  content: HttpContent,
  scope: Scope,
): Rendered<{ readonly text: string; readonly headers: Readonly<Record<string, string>> }> {
  const text =
    content.kind === 'json'
      ? renderJson(content.json, scope)
      : content.kind === 'form'
        ? renderFields(content.fields, scope)
        : renderText(content.text, scope);
  if (!text.ok) return text;
  return {
    ok: true,
    value: { text: text.value, headers: { 'content-type': CONTENT_TYPES[content.kind] } },
  };
}

const CONTENT_TYPES = {
  json: 'application/json',
  form: 'application/x-www-form-urlencoded',
  text: 'text/plain; charset=utf-8',
} as const;

/** Renders a query or a form. A list is its name once for each item; an empty one leaves it out. */
function renderFields(fields: HttpFields, scope: Scope): Rendered<string> {
  const pairs: string[] = [];
  for (const [name, written] of Object.entries(fields)) {
    const value = renderValue(written, scope);
    if (!value.ok) return value;
    const items: readonly Value[] = Array.isArray(value.value) ? value.value : [value.value];
    if (items.includes(null)) return { ok: false, reason: `${name} has no value` };
    for (const item of items) pairs.push(`${encoded(name)}=${encoded(textOf(item))}`);
  }
  return { ok: true, value: pairs.join('&') };
}

function encoded(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

/**
 * Infers the effect of a request: GET and HEAD read, DELETE is destructive, all else is a change. A
 * header can make it another request.
 */
function judgeRequest({ method, url, headers }: HttpBody): Judged {
  const reads = method === 'GET' || method === 'HEAD';
  const whole = wholeOf(url);
  const own = reads
    ? []
    : method === 'DELETE'
      ? [known('destructive', 'DELETE removes what the URL names', whole)]
      : [known('change', `${method} may change what the URL names`, whole)];
  return judged([
    ...own,
    ...Object.entries(headers).flatMap(([name, value]) => judgeHeader(name, value, reads)),
  ]);
}

const PLAIN = new RegExp(`^(?:${PLAIN_HEADERS})$`, 'i');

/** Headers by which servers take a request for one with another method. */
const METHOD = /^x-(?:http-)?method(?:-override)?$/i;

function judgeHeader(name: string, value: Template, reads: boolean): readonly Reason[] {
  const span = wholeOf(value);
  if (METHOD.test(name)) {
    if (value.placeholders.length > 0) return [unsure(`${name} makes it another request`, span)];
    const method = value.text.trim().toUpperCase();
    if (method === 'DELETE') return [known('destructive', `${name} makes it a DELETE`, span)];
    return method === 'GET' || method === 'HEAD'
      ? []
      : [known('change', `${name} makes it another request`, span)];
  }
  return !reads || PLAIN.test(name)
    ? []
    : [unsure(`the header ${name} may make it another request`, span)];
}

function wholeOf(template: Template) {
  return spanInFile(template, { start: 0, end: template.text.length });
}

/** A request is shown as it is sent: its line, its headers, and its body. */
function shownRequest({ method, url, headers, body, okStatus, ca }: HttpAction): ShownParts {
  const lines = [
    `${method} ${url}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    ...(body === undefined ? [] : ['', body]),
  ];
  return {
    text: lines.join('\n'),
    values: [],
    address: new URL(url).origin,
    settings: [
      ...(okStatus.length === 0 ? [] : [`statuses ${okStatus.join(', ')} succeed`]),
      ...(ca === undefined ? [] : [`trusts ${ca}`]),
    ],
  };
}
