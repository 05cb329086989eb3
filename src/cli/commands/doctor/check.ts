/** The result of a check. */
export type Status = 'ok' | 'warning' | 'problem';

/** A check with its result. */
export type Check = {
  /** Its section, e.g. `environment prod`. */
  readonly section: string;
  readonly status: Status;
  readonly text: string;
  /** The remedy, or the message of the cause. */
  readonly hint?: string;
};

/** Collects the checks of one section, in order. */
export class Section {
  readonly checks: Check[] = [];
  readonly #section: string;

  constructor(section: string) {
    this.#section = section;
  }

  ok(text: string): void {
    this.#add('ok', text);
  }

  warning(text: string, hint?: string): void {
    this.#add('warning', text, hint);
  }

  problem(text: string, hint?: string): void {
    this.#add('problem', text, hint);
  }

  #add(status: Status, text: string, hint?: string): void {
    const about = hint === undefined || hint === '' ? {} : { hint };
    this.checks.push({ section: this.#section, status, text, ...about });
  }
}
