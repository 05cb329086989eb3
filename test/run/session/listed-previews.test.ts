import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import type { OpenRun } from '#run/session/open.ts';
import { awaits, endOf, realRun } from '../../fixtures/real-run.ts';
import { listen } from '../../support/fake-endpoints.ts';
import { send } from '../../support/send.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const runbookOf = (step: string) => `
name: inline
title: Clean up
summary: Removes files.
inputs: { folder: {}, api: { default: "http://localhost" } }
steps:
  - id: clean
    effect: change
${step}
  - { id: done, finish: { outcome: resolved, summary: Done. } }
`;

const FILES = runbookOf(`
    preview: { shell: 'find \${{ inputs.folder }} -name "*.tmp" | sort', max_rows: 3, read_because: It only lists. }
    shell: rm -- \${{ preview.lines }}`);

const gateOf = (run: OpenRun) => run.session.view().gate;

function confirm(run: OpenRun): void {
  send(run.session, { type: 'confirm', digest: gateOf(run)?.digest ?? '' });
}

async function cleaning(names: readonly string[], text = FILES) {
  const folder = temporaryFolder();
  for (const name of names) writeFileSync(join(folder, name), '');
  const run = await realRun(text).start({ given: { folder } });
  return { folder, run };
}

test('the lines of a script are shown, confirmed, and the words of the action', async () => {
  const { folder, run } = await cleaning(['a b.tmp', "c'd.tmp", 'kept']);
  await awaits(run, 'gate');
  const gate = gateOf(run);
  const lines = [join(folder, 'a b.tmp'), join(folder, "c'd.tmp")];
  expect(gate?.preview).toMatchObject({ columns: ['line'], rows: lines.map((line) => ({ line })) });
  expect(gate?.action.text).toContain('a b.tmp');
  confirm(run);
  expect(await endOf(run)).toMatchObject({ outcome: 'resolved' });
  expect(readdirSync(folder)).toEqual(['kept']);
});

test('what is no longer as it was shown is not confirmed', async () => {
  const { folder, run } = await cleaning(['a.tmp', 'b.tmp']);
  await awaits(run, 'gate');
  const before = gateOf(run);
  rmSync(join(folder, 'a.tmp'));
  confirm(run);
  await vi.waitFor(() => expect(gateOf(run)?.seq).toBeGreaterThan(before?.seq ?? 0));
  expect(existsSync(join(folder, 'b.tmp'))).toBe(true);
  expect(gateOf(run)?.digest).not.toBe(before?.digest);
  expect(gateOf(run)?.preview?.rows).toEqual([{ line: join(folder, 'b.tmp') }]);
  confirm(run);
  await endOf(run);
  expect(readdirSync(folder)).toEqual([]);
});

test('with nothing listed the step is skipped, and with too much it fails', async () => {
  const none = await cleaning(['kept']);
  expect(await endOf(none.run)).toMatchObject({ outcome: 'resolved' });
  const many = await cleaning(['a.tmp', 'b.tmp', 'c.tmp', 'd.tmp']);
  await awaits(many.run, 'failure');
  const step = many.run.session.view().steps.find(({ id }) => id === 'clean');
  expect(step?.error).toMatchObject({ kind: 'too_many_rows' });
  await many.run.close();
});

test('the items of JSON are rows, whose values the action gets', async () => {
  const items = '[{"name": "a b", "age": 3}, {"name": "c", "tags": ["x"]}]';
  const { run } = await cleaning(
    [],
    runbookOf(`
    preview: { shell: "echo '${items.replaceAll('"', '\\"')}'", parse: json, volatile: [age] }
    shell: "printf '<%s>' \${{ preview.json.map(i, i.name) }} \${{ preview.rows.size() }}"`),
  );
  await awaits(run, 'gate');
  expect(gateOf(run)?.preview).toMatchObject({
    columns: ['name', 'age', 'tags'],
    rows: [
      { name: 'a b', age: 3 },
      { name: 'c', tags: ['x'] },
    ],
  });
  expect(gateOf(run)?.action.text).toBe("printf '<%s>' 'a b' c 2");
  await run.close();
});

test('a request lists the items of its answer, and is made again after the confirmation', async () => {
  const asked: string[] = [];
  let pods = ['p-1', 'p-2'];
  const server = createServer(({ method, url }, response) => {
    asked.push(`${method} ${url}`);
    response.end(JSON.stringify(pods));
  });
  const api = `http://127.0.0.1:${await listen(server)}`;
  const text = runbookOf(`
    preview: { http: { url: "\${{ inputs.api }}/pods" } }
    http: { method: POST, url: "\${{ inputs.api }}/restart", json: { pods: "\${{ preview.json }}" } }`);
  const run = await realRun(text).start({ given: { folder: '/', api } });
  await awaits(run, 'gate');
  const before = gateOf(run);
  expect(before?.preview).toMatchObject({
    columns: ['item'],
    rows: [{ item: 'p-1' }, { item: 'p-2' }],
  });
  expect(before?.action.text).toContain('{"pods":["p-1","p-2"]}');
  pods = ['p-2', 'p-3'];
  confirm(run);
  await vi.waitFor(() => expect(gateOf(run)?.seq).toBeGreaterThan(before?.seq ?? 0));
  confirm(run);
  await endOf(run);
  expect(asked).toEqual(['GET /pods', 'GET /pods', 'GET /pods', 'POST /restart']);
});
