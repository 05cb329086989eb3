import type { Connection } from 'mysql2';

/** The part of mysql2's commands that is used here; its types have none. */
type Command = {
  /** Sends the command if there is no packet. Returns whether the command has ended. */
  execute(packet: unknown, driver: Driver): boolean;
  /** Of a prepared statement that is executed: undefined until its preparation was answered. */
  readonly statement?: unknown;
};

/** The part of mysql2's connection that its commands use. */
type Driver = {
  addCommand(command: Command): unknown;
  sequenceId: number;
  readonly stream: { cork(): void; uncork(): void };
};

/**
 * Sends the commands that `send` gives to a connection without waiting for the answers between them.
 * mysql2 sends one when the last has ended. The server answers all of them, each by itself, also after
 * an error.
 */
export function sendTogether<T>(connection: Connection, send: () => T): T {
  const driver = connection as unknown as Driver;
  const { addCommand } = driver;
  const commands: Command[] = [];
  driver.addCommand = (command) => {
    commands.push(command);
    return command;
  };
  try {
    return send();
  } finally {
    driver.addCommand = addCommand;
    if (commands.length > 0) driver.addCommand(new Together(commands));
  }
}

/** Commands that are one for the connection. */
class Together implements Command {
  readonly #commands: readonly Command[];
  #sent = 0;
  #ended = 0;

  constructor(commands: readonly Command[]) {
    this.#commands = commands;
  }

  execute(packet: unknown, driver: Driver): boolean {
    const current = packet === undefined ? undefined : this.#commands[this.#ended];
    if (current?.execute(packet, driver) === true) {
      this.#ended += 1;
      driver.sequenceId = FIRST_OF_ANSWER;
    }
    if (this.#ended === this.#sent) this.#send(driver);
    return this.#ended === this.#commands.length;
  }

  /** Sends the commands up to one that needs an answer first. */
  #send(driver: Driver): void {
    driver.stream.cork();
    for (const command of this.#commands.slice(this.#sent)) {
      const isWaiting = 'statement' in command && command.statement === undefined;
      if (isWaiting && this.#ended < this.#sent) break;
      this.#sent += 1;
      // A statement that could not be prepared ends without being sent.
      if (command.execute(undefined, driver)) this.#ended += 1;
    }
    driver.stream.uncork();
    driver.sequenceId = FIRST_OF_ANSWER;
  }
}

/** Packets are counted from the command on, which is one packet. */
const FIRST_OF_ANSWER = 1;
