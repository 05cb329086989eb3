import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { load } from 'js-yaml';
import { expect, test } from 'vitest';
import { ALERTS_FILE } from '#alerts/config/schema.ts';
import { readFile } from '#runbook/yaml/document.ts';

const folder = resolve(import.meta.dirname, '../../docs/team/deploy');
const textOf = (name: string) => readFileSync(join(folder, name), 'utf8');

test('the services get only the secrets that exist, and the worker none of the server', () => {
  const { services, secrets } = load(textOf('compose.yaml')) as {
    services: Record<string, { secrets: string[] }>;
    secrets: Record<string, { file: string }>;
  };
  const names = Object.values(services).flatMap((service) => service.secrets);
  expect(new Set(names)).toEqual(new Set(Object.keys(secrets)));
  expect(services.worker?.secrets).toEqual(['worker_database_url', 'shop_database_url']);
  expect(services.server?.secrets).toEqual(['server_database_url', 'alert_secret']);
});

test('each check of health is a list of words, as Compose wants it', () => {
  const { services } = load(textOf('compose.yaml')) as {
    services: Record<string, { healthcheck?: { test: unknown[] } }>;
  };
  const checks = Object.values(services).flatMap(({ healthcheck }) => healthcheck?.test ?? []);
  expect(checks).toContain('CMD');
  expect(checks.filter((word) => typeof word !== 'string')).toEqual([]);
});

test('the config of the server is valid', () => {
  const { problems } = readFile(ALERTS_FILE, { file: 'team.yaml', text: textOf('team.yaml') });
  expect(problems).toEqual([]);
});

test('the scripts are valid', () => {
  for (const name of ['roles.sh', 'secrets.sh']) execFileSync('sh', ['-n', join(folder, name)]);
});
