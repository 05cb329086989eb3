import { setTimeout as delay } from 'node:timers/promises';

const ANSWER_MS = 3_000;

/** A connection that takes commands of our own. */
export type Commanded = {
  readonly isLost: boolean;
  command(text: string): Promise<unknown>;
  /** Ends the connection at once. */
  abandon(): void;
};

/** Ends the transaction of a read; a connection that does not answer in time is given up. */
export async function endTransaction(
  connection: Commanded,
  command: 'COMMIT' | 'ROLLBACK',
): Promise<void> {
  if (connection.isLost) return;
  const patience = delay(ANSWER_MS, 'silent', { ref: false });
  const ended = connection.command(command).catch(() => 'failed');
  const answer = await Promise.race([ended, patience]);
  if (answer === 'silent' || answer === 'failed') connection.abandon();
}
