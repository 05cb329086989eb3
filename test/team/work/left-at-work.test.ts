import { expect, test } from 'vitest';
import type { EventOf, RecordedEvent } from '#events/log/event.ts';
import { clearTargets } from '#team/work/takeover.ts';

const CONSOLE = {
  kind: 'database',
  name: 'console',
  engine: 'pgbouncer',
  url: 'postgres://127.0.0.1:1/pgbouncer',
} as const;

function begun(
  action: EventOf<'step.started'>['action'],
  effect: 'read' | 'change',
): RecordedEvent {
  const event = { type: 'step.started', step: 'restart', part: 'action', effect, action };
  const rest = { visit: 1, attempt: 1, operator: 'ada' };
  return { seq: 1, at: '2026-01-01T00:00:00.000Z', event: { ...event, ...rest } as never };
}

test.each([
  ['a script', 'shell', 'shop · ssh ops@shop-1', 'change', ['shop']],
  ['a script at an address of its own', 'shell', 'ssh ops@shop-2', 'change', ['ssh ops@shop-2']],
  ['a command of a console', 'sql', 'console · pgbouncer 127.0.0.1:1', 'change', ['console']],
  ['a script that only reads', 'shell', 'shop · ssh ops@shop-1', 'read', []],
  ['a request', 'http', 'here', 'change', []],
] as const)(
  '%s that was begun and not ended: %s on %s',
  async (_, kind, where, effect, expected) => {
    const records = [begun({ kind, text: 'restart', values: [], where }, effect)];
    const cleared = await clearTargets('20260101-0000-x', [CONSOLE], records);
    const unknown = cleared.filter(({ state, left }) => state === 'unknown' && left !== undefined);
    expect(unknown.map(({ target }) => target)).toEqual(expected);
  },
);
