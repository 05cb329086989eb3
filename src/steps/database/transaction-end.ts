import { setTimeout as delay } from 'node:timers/promises';

const ANSWER_MS = 3_000;

/** A connection that accepts commands of the executor itself. */
type Commanded = {
  readonly isLost: boolean;
  command(text: string): Promise<unknown>;
  /** Closes the connection immediately. */
  abandon(): void;
};

/** Ends a transaction. Abandons the connection if the command fails or is not answered in time. */
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
