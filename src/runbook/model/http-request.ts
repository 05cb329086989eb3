import type { Template } from '../expression/template.ts';
import type { ErrorKind } from './step-error.ts';
import type { Json } from './value.ts';
import { textsOf, type WrittenJson } from './written-json.ts';

/** The methods of a request. */
export const HTTP_METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
/** One of {@link HTTP_METHODS}. */
export type HttpMethod = (typeof HTTP_METHODS)[number];

/** The values of a query or a form, by name; a list is one value after the other. */
export type HttpFields = Readonly<Record<string, Template | Json>>;

/** The content of a request. */
export type HttpContent =
  | { readonly kind: 'json'; readonly json: WrittenJson }
  | { readonly kind: 'form'; readonly fields: HttpFields }
  | { readonly kind: 'text'; readonly text: Template };

/** A request with its placeholders. It is made from this machine and has no target. */
export type HttpBody = {
  readonly kind: 'http';
  readonly method: HttpMethod;
  readonly url: Template;
  readonly headers: Readonly<Record<string, Template>>;
  /** Added to the query of the URL. */
  readonly query: HttpFields;
  readonly content: HttpContent | undefined;
  /** The statuses that mean success; empty: 200 to 299. */
  readonly okStatus: readonly number[];
  /** Trusted authorities: PEM text or the path of a PEM file; undefined for the system's. */
  readonly ca: Template | undefined;
};

/** Returns the templates of a request, in the order of its parts. */
export function requestTexts({ url, headers, query, content, ca }: HttpBody): readonly Template[] {
  return [
    url,
    ...Object.values(headers),
    ...fieldTexts(query),
    ...(content === undefined ? [] : contentTexts(content)),
    ...(ca === undefined ? [] : [ca]),
  ];
}

function contentTexts(content: HttpContent): readonly Template[] {
  switch (content.kind) {
    case 'json':
      return textsOf(content.json);
    case 'form':
      return fieldTexts(content.fields);
    case 'text':
      return [content.text];
  }
}

function fieldTexts(fields: HttpFields): readonly Template[] {
  return Object.values(fields).filter(isTemplate);
}

/** Returns whether a value as written is a text with placeholders. */
export function isTemplate(value: Template | Json | undefined): value is Template {
  return typeof value === 'object' && value !== null && 'placeholders' in value;
}

const KINDS: Readonly<Record<number, ErrorKind>> = {
  401: 'auth',
  403: 'no_permission',
  404: 'not_found',
  407: 'auth',
  408: 'timeout',
  410: 'not_found',
  504: 'timeout',
};

/** Returns the kind of failure of an answer with a status that is none of success. */
export function kindOfStatus(status: number): ErrorKind {
  return KINDS[status] ?? 'unexpected';
}

/** Returns whether a status means success for a request. */
export function isOkStatus(status: number, okStatus: readonly number[]): boolean {
  return okStatus.length === 0 ? status >= 200 && status < 300 : okStatus.includes(status);
}
