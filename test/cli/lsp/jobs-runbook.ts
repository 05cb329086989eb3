import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The beginning of a runbook, up to where further steps can stand. */
export const HEAD = `name: mine
title: Jobs wait 🚑
summary: Jobs wait.
inputs:
  url: { type: url, secret: true }
  idle_for: { type: duration, default: 10m, description: how long a session is idle }
targets:
  db: { database: "\${{ inputs.url }}" }
  here: { local: true }
steps:
  - id: jobs
    title: Count the jobs 🚑
    why: To know.
    sql: SELECT queue, count(*) AS waiting FROM jobs GROUP BY queue
    on: db
  - id: reach-it
    title: Connect
    probe: { tcp: { host: db.example, port: 5432 } }
`;
/** The last step of the same runbook. */
export const END = '  - id: done\n    finish: { outcome: resolved, summary: Done. }\n';
/** A runbook that another one can run. */
export const CHILD =
  'name: child\ntitle: A child\nsummary: S.\ninputs:\n  days: { type: number, description: how many }\n  node: {}\nsteps:\n  - { id: done, finish: { outcome: resolved, summary: D. } }\n';

/** Makes a folder with the runbook `child` in it. */
export function folderWithChild(): string {
  const folder = mkdtempSync(join(tmpdir(), 'runbook-test-'));
  mkdirSync(join(folder, 'runbooks'));
  writeFileSync(join(folder, 'runbooks/child.yaml'), CHILD);
  return folder;
}
