import { expect, test } from 'vitest';
import { frameOf } from '../../fixtures/frame.tsx';
import * as story from '../../fixtures/pool-exhausted-log.ts';

test('the gate at 80 by 24 names another run that is at work with the same change', () => {
  const run = {
    ...{ run: '20261123-1701-pool-exhausted-k3f9', runbook: 'pool-exhausted', title: 'End them' },
    ...{ operator: 'kim', host: 'desk', since: '2026-11-23T17:01:22.000Z' },
    ...{ same: true, atWork: true },
  };
  const event = { type: 'gate.others', step: 'terminate_idle', runs: [run] } as const;
  const frame = frameOf(story.atGate.add(1_000, event));
  const text = frame.replaceAll(/\s*║\s+║?\s*/g, ' ');
  expect(text).toContain('! kim@desk runs the same change right now in run');
  expect(text).toContain('since 17:01:22 UTC.');
  expect(text).toContain('! Their clients get 57P01 and must reconnect.');
});
