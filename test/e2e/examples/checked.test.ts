import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { newOperator } from '../operator.ts';
import { EXAMPLE_NAMES, EXAMPLES } from './solved-example.ts';

test.each(EXAMPLE_NAMES)(
  '%s has no warning, and its cases take nearly every branch',
  async (name) => {
    const kim = newOperator();
    const checked = await kim.run(['validate', '--strict', name, '--dir', EXAMPLES]);
    expect(checked).toMatchObject({ code: 0, stderr: '' });
    const tried = await kim.run([
      'test',
      name,
      '--dir',
      EXAMPLES,
      '--coverage',
      '--min-coverage',
      '80',
    ]);
    expect([tried.stdout, tried.code]).toEqual([tried.stdout, 0]);
  },
);

test('the page lists every example, and says where it is run', () => {
  const page = readFileSync(join(EXAMPLES, 'README.md'), 'utf8');
  const [shown = '', tried = ''] = page.split('The tests are in');
  for (const name of EXAMPLE_NAMES) {
    expect(shown).toContain(`[${name}](${name}.yaml)`);
    expect(tried).toContain(name);
  }
});
