import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import * as z from 'zod/mini';
import { LIMITS, SOURCE_KINDS } from '#alerts/alert.ts';
import { ALERTS_FILE, ALERTS_SCHEMA } from '#alerts/config/schema.ts';
import { DECISIONS } from '#alerts/decide.ts';
import { readPayload, SYSTEMS } from '#alerts/read-payload.ts';
import { readFile } from '#runbook/yaml/document.ts';
import { bodyOf, recorded } from '../fixtures/alert-files.ts';

const page = readFileSync(resolve(import.meta.dirname, '../../docs/team/alerts.md'), 'utf8');
const blocks = (language: string): readonly string[] =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, 'gms'))].map(
    ([, text = '']) => text,
  );

test('the config on the page of alerts is valid', () => {
  const [text = ''] = blocks('yaml');
  const { value, problems } = readFile(ALERTS_FILE, { file: 'team.yaml', text });
  expect(problems).toEqual([]);
  expect(value?.alerts.routes).toHaveLength(2);
});

test('the page has every key, kind and decision in its tables', () => {
  const { sources, routes } = z.toJSONSchema(ALERTS_SCHEMA).properties as {
    sources: { additionalProperties: z.core.JSONSchema.ObjectSchema };
    routes: { items: z.core.JSONSchema.ObjectSchema };
  };
  const keys = [
    ...Object.keys(sources.additionalProperties.properties ?? {}),
    ...Object.keys(routes.items.properties ?? {}),
    ...DECISIONS,
    ...SOURCE_KINDS,
  ];
  expect(keys.filter((key) => !page.includes(`\n| \`${key}\` |`))).toEqual([]);
});

test('every header of a signature is named', () => {
  const headers = Object.values(SYSTEMS).flatMap(({ verification: it }) =>
    it.how === 'hmac' && it.timestamp !== undefined ? [it.header, it.timestamp.header] : [],
  );
  expect(headers.filter((header) => !page.includes(header))).toEqual([]);
});

test('the payload for Datadog has the keys that are read, and the generic one is read', () => {
  const [datadog = '', generic = ''] = blocks('json');
  const keys = (text: string) => Object.keys(JSON.parse(text));
  expect(keys(datadog)).toEqual(keys(recorded('datadog').toString()));
  expect(readPayload('generic', bodyOf(JSON.parse(generic)))).toMatchObject({
    ok: true,
    alerts: [{ key: 'pool/db-1', severity: 'high' }],
  });
});

test('the limits on the page are those of the program', () => {
  const { alerts, labels, name, value, prose, depth } = LIMITS;
  for (const limit of [alerts, labels, name, value, prose, depth])
    expect(page.split('## Limits\n')[1]).toContain(limit.toLocaleString('en'));
});
