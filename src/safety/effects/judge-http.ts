import type { Template } from '#runbook/expression/template.ts';
import type { HttpBody } from '#runbook/model/http-request.ts';
import { type Judged, judged } from './judged.ts';
import { PLAIN_HEADERS } from './plain-headers.ts';
import { known, type Reason, unsure } from './report.ts';
import { spanInFile } from './template-language.ts';

/**
 * Infers the effect of a request: GET and HEAD read, DELETE is destructive, all else is a change. A
 * header can make it another request.
 */
export function judgeHttp({ method, url, headers }: HttpBody): Judged {
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
