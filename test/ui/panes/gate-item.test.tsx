import { expect, test } from 'vitest';
import type { RunEvent } from '#events/log/event.ts';
import { frameOf } from '../../fixtures/frame.tsx';
import { insideChild } from '../../fixtures/inside-log.ts';

const shop = (index: number) => ({ index, count: 5, label: `shop-${index}` });

const gate: RunEvent = {
  type: 'gate.opened',
  step: 'pool/end',
  part: 'action',
  title: 'End the idle ones',
  effect: 'change',
  level: 'key',
  digest: 'sha256:0',
  action: { kind: 'shell', text: 'systemctl restart shop', values: [], where: 'this machine' },
} as unknown as RunEvent;

const atGate = insideChild.add(
  { type: 'item.entered', step: 'pool', item: shop(1) },
  { type: 'item.settled', step: 'pool', item: shop(1), status: 'succeeded' },
  { type: 'item.entered', step: 'pool', item: shop(2) },
  gate,
  { type: 'operator.awaited', step: 'pool/end', for: 'gate', can: [] } as unknown as RunEvent,
);

test('a gate inside a runbook that runs for each item names the item', () => {
  const frame = frameOf(atGate);
  expect(frame).toContain('End the idle ones');
  expect(frame).toContain('item 2 of 5: shop-2');
  expect(frame).not.toContain('item 1 of 5');
});
