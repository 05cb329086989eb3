import { expect, test } from 'vitest';
import { sha256 } from '#run/sha256.ts';
import { alteredRun, digestOfInputs } from '#team/settled.ts';

test('an altered environment, label, runbook or input is named', () => {
  const row = { environment: 'prod', label: 'eu', textSha256: 'aa', inputs: { b: '1', a: '2' } };
  const began = {
    environment: 'prod',
    worker: { id: 'w', label: 'eu', replay: 1, inputs: digestOfInputs({ a: '2', b: '1' }) },
    runbook: { sha256: 'aa' },
  } as Parameters<typeof alteredRun>[1];
  expect(alteredRun(row, began)).toBeUndefined();
  expect(alteredRun({ ...row, environment: 'x' }, began)).toContain('altered: the environment of');
  expect(alteredRun({ ...row, label: 'x' }, began)).toContain('altered: the label of');
  expect(alteredRun({ ...row, textSha256: 'x' }, began)).toContain('altered: the runbook of');
  expect(alteredRun({ ...row, inputs: { a: '2' } }, began)).toContain('altered: the inputs of');
  expect(alteredRun({ ...row, label: 'x', textSha256: 'x' }, began)).toBe(
    'the control plane was altered: the label and the runbook of the run differs from its journal',
  );
  const text = '[["a","2"],["b","1"]]';
  expect(digestOfInputs({ b: '1', a: '2' })).toBe(sha256(text));
  const three = { c: '3', b: '1', a: '2' };
  expect(digestOfInputs(three)).toBe(digestOfInputs({ b: '1', a: '2', c: '3' }));
  expect(digestOfInputs(three)).toBe(digestOfInputs({ a: '2', b: '1', c: '3' }));
  const { inputs: _, ...worker } = began.worker ?? { id: '', label: 'eu', replay: 1 };
  // Older programs recorded no digest of the inputs.
  expect(alteredRun({ ...row, inputs: {} }, { ...began, worker })).toBeUndefined();
});
