import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';

const MEBIBYTE = 1024 * 1024;

/** Makes objects of which some outlive a collection, as a screen that is drawn again and again does. */
const program = (before: string) => `
  import { getHeapSpaceStatistics } from 'node:v8';
  ${before}
  const kept = new Array(50_000);
  for (let i = 0; i < 1_000_000; i += 1) kept[i % kept.length] = { i, text: 'line ' + i };
  const space = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space');
  console.log(space.space_size);`;

function roomForNewObjects(before: string) {
  const args = ['--input-type=module-typescript', '--eval', program(before)];
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  return { bytes: Number(stdout), stderr };
}

test('however long a run goes on, the room for new objects stays as it was, and V8 has no word against it', () => {
  const small = roomForNewObjects(
    `import { keepMemorySmall } from './src/cli/present-run.ts'; keepMemorySmall();`,
  );
  expect(small.stderr).toBe('');
  expect(small.bytes).toBeLessThanOrEqual(4 * MEBIBYTE);
  expect(roomForNewObjects('').bytes).toBeGreaterThan(16 * MEBIBYTE);
});
