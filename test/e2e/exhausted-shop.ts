import { afterAll, beforeAll, expect } from 'vitest';
import { readSource } from '#cli/library/find-runbook.ts';
import { type PoolExhausted, startPoolExhausted } from '#lab/shop/pool-exhausted.ts';
import type { OpenTerminal, TerminalExit } from './terminal.ts';

/** A real exhausted server for all tests of a file. */
export type ExhaustedShop = {
  readonly lab: PoolExhausted;
  /** The environment an operator needs to run `pool-exhausted` on it. */
  readonly env: Readonly<Record<string, string>>;
  /** Starts the runbook, for sessions that have been idle as long as the shop's. */
  readonly args: readonly string[];
};

/** Starts the shop before the tests of a file and ends it after them; call it at the top of the file. */
export function exhaustedShop({ idleSeconds }: { readonly idleSeconds: number }): ExhaustedShop {
  let started: PoolExhausted | undefined;
  beforeAll(async () => {
    started = await startPoolExhausted({ idleSeconds });
  });
  afterAll(() => started?.stop());
  const lab = (): PoolExhausted => {
    if (started === undefined) throw new Error('the shop has not been started');
    return started;
  };
  const idle = `${idleSeconds}s`;
  return {
    get lab() {
      return lab();
    },
    get env() {
      return { DATABASE_URL: lab().urls.oncall };
    },
    args: [
      ...['run', 'pool-exhausted', '--step'],
      ...['--input', `idle_for=${idle}`, '--input', `idle_in_transaction_for=${idle}`],
    ],
  };
}

/** Returns the shipped runbook with some of its text replaced; every text has to be in it. */
export function alteredRunbook(
  ...changes: readonly (readonly [from: string, to: string])[]
): string {
  return changes.reduce((text, [from, to]) => {
    expect(text).toContain(from);
    return text.replaceAll(from, to);
  }, readSource('runbooks/pool-exhausted.yaml').text);
}

/** Goes from the opening page, or from a step that waits, to the first gate. */
export async function goToGate(terminal: OpenTerminal): Promise<void> {
  await terminal.waitFor(/── Next ──|⏎ start/);
  terminal.type('a');
  await terminal.waitFor('Type shop to run it:');
}

/** Looks at the gate to its end, types its phrase and confirms. */
export async function confirm(terminal: OpenTerminal, phrase = 'shop'): Promise<void> {
  await terminal.toTheEnd();
  terminal.type(phrase);
  terminal.press('enter');
}

/** Goes through the whole runbook, confirming both of its gates, and leaves its end page. Resolves once it has exited. */
export async function endExhaustion(terminal: OpenTerminal): Promise<TerminalExit> {
  await goToGate(terminal);
  await confirm(terminal);
  await terminal.waitFor(/1 session to terminate[\s\S]*Type shop to run it:/);
  await confirm(terminal);
  await terminal.waitFor('RESOLVED');
  terminal.press('enter');
  return await terminal.exited;
}
