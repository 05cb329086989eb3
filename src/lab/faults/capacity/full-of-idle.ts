import type { Client } from '../../drivers/client.ts';
import type { FaultKind } from '../../fault.ts';
import { idleFor, makeCapacityFault, openUntilRefused } from './fault.ts';

const IDLE_SECONDS = 2;

/** A server whose ordinary slots are taken by idle sessions. */
export const FULL_OF_IDLE: FaultKind = {
  name: 'full-of-idle',
  title: 'Idle sessions take every connection of the server',
  engines: ['postgres', 'postgres-system', 'mariadb'],
  make(lab) {
    let idle: readonly Client[] = [];
    return makeCapacityFault(lab, {
      describe:
        'The server has 20 connections. shop-web has opened one for every request and closed none.',
      inputs: { idle_for: `${IDLE_SECONDS}s`, idle_in_transaction_for: `${IDLE_SECONDS}s` },
      async make() {
        const { sessions, refusal } = await openUntilRefused(async () => {
          const session = await lab.open();
          await session.ask('SELECT id, name FROM product WHERE stock > 0 LIMIT 20');
          return session;
        });
        idle = sessions;
        await idleFor(IDLE_SECONDS);
        return refusal;
      },
      facts: () => ({
        idle: idle.length,
        idle_ended: idle.filter((session) => session.isLost()).length,
      }),
      undo: () => Promise.all(idle.map((session) => session.end())),
    });
  },
};
