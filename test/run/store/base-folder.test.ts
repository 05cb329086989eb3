import { expect, test } from 'vitest';
import { stateFolder } from '#run/store/file/folders.ts';

test('a relative base folder is ignored, as its specification says', () => {
  expect(stateFolder({ XDG_STATE_HOME: 'state' }, '/home/kim')).toBe(
    '/home/kim/.local/state/runbook',
  );
  expect(stateFolder({ XDG_STATE_HOME: '/srv/state' }, '/home/kim')).toBe('/srv/state/runbook');
  expect(stateFolder({}, '/home/kim')).toBe('/home/kim/.local/state/runbook');
});
