import type { HttpBody, HttpContent, HttpFields } from '#runbook/model/http-request.ts';
import { isTemplate } from '#runbook/model/http-request.ts';
import { shownJson } from '#runbook/model/written-json.ts';
import { type Block, text } from './block.ts';

/** Returns a request to make by hand, as it is sent. */
export function requestBlocks(body: HttpBody): readonly Block[] {
  const { method, url, headers, query, content, okStatus } = body;
  const lines = [
    `${method} ${url.text}${queryText(query, url.text)}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value.text}`),
    ...(content === undefined ? [] : ['', contentText(content)]),
  ];
  const expected =
    okStatus.length === 0 ? [] : [text(`Statuses ${okStatus.join(', ')} are successes.`)];
  return [{ kind: 'code', language: 'http', text: lines.join('\n') }, ...expected];
}

function queryText(query: HttpFields, url: string): string {
  const fields = fieldsText(query);
  return fields === '' ? '' : `${url.includes('?') ? '&' : '?'}${fields}`;
}

function fieldsText(fields: HttpFields): string {
  return Object.entries(fields)
    .map(([name, value]) => `${name}=${isTemplate(value) ? value.text : String(value)}`)
    .join('&');
}

function contentText(content: HttpContent): string {
  switch (content.kind) {
    case 'json':
      return shownJson(content.json);
    case 'form':
      return fieldsText(content.fields);
    case 'text':
      return content.text.text;
  }
}
