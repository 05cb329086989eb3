import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http';
import { expect, test, vi } from 'vitest';
import { awaits, endOf, realRun } from '../../fixtures/real-run.ts';
import { listen } from '../../support/fake-endpoints.ts';
import { send } from '../../support/send.ts';

const TOKEN = 's3cr et/"tok';

const RUNBOOK = `
name: inline
title: Restart
summary: Restarts a service.
inputs:
  api: { type: url }
  token: { secret: true }
  service: { default: "orders/../x" }
steps:
  - id: restart
    http:
      method: POST
      url: "\${{ inputs.api }}/services/\${{ inputs.service }}/restart"
      headers: { Authorization: "Bearer \${{ json(inputs.token) }}" }
      query: { t: "\${{ inputs.token }}" }
      json: { token: "\${{ inputs.token }}", why: "\${{ inputs.service }}" }
    verify: { http: { url: "\${{ inputs.api }}/state" }, until: result.json.state == "up", within: 10s, every: 20ms }
    next: done
  - { id: done, finish: { outcome: resolved, summary: "It was \${{ steps.restart.status_code }}." } }
`;

type Got = { readonly line: string; readonly headers: IncomingHttpHeaders; readonly body: string };

async function started(answer: RequestListener) {
  const got: Got[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      const { method, url, headers } = request;
      got.push({ line: `${method} ${url}`, headers, body });
      answer(request, response);
    });
  });
  const api = `http://127.0.0.1:${await listen(server)}`;
  const runs = realRun(RUNBOOK);
  const run = await runs.start({ given: { api, token: TOKEN } });
  await awaits(run, 'gate');
  return { got, runs, run };
}

const confirm = ({ run }: Awaited<ReturnType<typeof started>>) => {
  const digest = run.session.view().gate?.digest ?? '';
  send(run.session, { type: 'confirm', digest });
};

test('a request is shown as it is sent, sent when it is confirmed, and leaves no secret behind', async () => {
  let asked = 0;
  const all = await started((request, response) => {
    if (request.method === 'GET') asked += 1;
    const state = asked > 1 ? 'up' : 'starting';
    response.end(JSON.stringify({ state, echo: request.headers.authorization }));
  });
  const { got, run, runs } = all;
  const gate = run.session.view().gate;
  expect(got).toEqual([]);
  expect(gate?.action).toMatchObject({ kind: 'http', where: 'here' });
  const lines = gate?.action.text.split('\n') ?? [];
  expect(lines[0]).toMatch(
    /^POST http:\/\/127\.0\.0\.1:\d+\/services\/orders%2F\.\.%2Fx\/restart\?t=‹secret:token›$/,
  );
  expect(lines).toContain('content-type: application/json');
  expect(lines.at(-1)).toBe('{"token":"‹secret:token›","why":"orders/../x"}');
  confirm(all);
  expect(await endOf(run)).toMatchObject({ outcome: 'resolved' });
  expect(got.map(({ line }) => line.split(' ')[0])).toEqual(['POST', 'GET', 'GET']);
  expect(JSON.parse(got[0]?.body ?? '')).toEqual({ token: TOKEN, why: 'orders/../x' });
  const record = JSON.stringify(runs.events(run.session.view().runId));
  expect(record).toContain('‹secret:token›');
  for (const form of [TOKEN, 's3cr et', 's3cr%20et', 's3cr+et']) expect(record).not.toContain(form);
  expect(record).toContain('It was 200.');
});

test('a change that was sent and got no answer is unknown, and is not sent again by itself', async () => {
  const all = await started((request) => request.socket.destroy());
  const { got, run } = all;
  confirm(all);
  // Its check is a read, which is sent again and again.
  await vi.waitFor(() => expect(got.length).toBeGreaterThan(2));
  send(run.session, { type: 'stop' });
  await awaits(run, 'unknown');
  expect(got.filter(({ line }) => line.startsWith('POST'))).toHaveLength(1);
  await run.close();
});
