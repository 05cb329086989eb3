import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { COMPILE_CACHE } from '../support/compile-cache.ts';

const program = fileURLToPath(new URL('../../bin/fuzz.js', import.meta.url));

test('mutated runbooks and test files are checked without a crash or a hang', () => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [program, '--count', '40', '--seed', '11'],
    { encoding: 'utf8', env: { ...process.env, ...COMPILE_CACHE } },
  );
  expect(stderr).toBe('');
  expect(stdout).toContain('40 tried');
  expect(stdout).toContain('0 crashes, 0 hangs');
  expect(status).toBe(0);
});
