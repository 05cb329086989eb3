import { describe, expect, test } from 'vitest';
import { appliedTo, pointedAt } from '../../fixtures/effects/applied.ts';

const HEALTHY = 'shell: orders-status\nuntil: result.exit_code == 0';

function codesOf(look: (body: string) => string, body: string): readonly string[] {
  return pointedAt(appliedTo(look(body)));
}

const indented = (text: string, by: number) => text.replaceAll(/^/gm, ' '.repeat(by));

const LOOKS = [
  [
    'a verification',
    (body: string) =>
      `- id: it\n  shell: systemctl reload orders\n  undo: { none: x }\n  verify:\n${indented(body, 4)}`,
  ],
  [
    'what a wait looks at',
    (body: string) => `- id: it\n  wait:\n    within: 1m\n${indented(body, 4)}`,
  ],
] as const;

describe.each(LOOKS)('%s', (_, look) => {
  test('that cannot be proven to only read is refused without a reason', () => {
    expect(codesOf(look, HEALTHY)).toContain('effect-not-read: orders-status');
  });

  test('is taken for a read with a reason', () => {
    expect(codesOf(look, `${HEALTHY}\nread_because: It prints counters.`)).not.toContain(
      'effect-not-read: orders-status',
    );
  });

  test('that is known to change something is refused, whatever the reason', () => {
    const codes = codesOf(look, 'shell: rm -rf x\nuntil: "true"\nread_because: It does not.');
    expect(codes.join()).toMatch(/effect-(too-low|not-read)/);
  });

  test('that is proven to only read needs no reason', () => {
    const { diagnostics } = appliedTo(look('shell: ls\nuntil: "true"\nread_because: It lists.'));
    expect(diagnostics.map(({ code }) => code)).toContain('effect-reason-unneeded');
  });

  test('has its output as JSON', () => {
    const body = 'shell: curl -fsS http://localhost/health\nparse: json\nuntil: result.json.ok';
    expect(codesOf(look, body).join()).not.toContain('unknown');
  });
});

test('a reason beside a probe, which has no text, is not called unneeded', () => {
  const probe = 'probe: { tcp: { host: a, port: 1 } }\n    until: "true"';
  const { diagnostics } = appliedTo(
    `- id: it\n  wait:\n    within: 1m\n    ${probe}\n    read_because: It connects.`,
  );
  expect(diagnostics).toEqual([]);
});
