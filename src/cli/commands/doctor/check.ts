/** How something that was looked at stands. */
export type Status = 'ok' | 'warning' | 'problem';

/** One thing that was looked at. */
export type Check = {
  /** What it belongs to, e.g. `environment prod`. */
  readonly section: string;
  readonly status: Status;
  readonly text: string;
  /** What to do about it, or what was said. */
  readonly hint?: string;
};

/** Returns checks of one section, in the order they are made. */
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
