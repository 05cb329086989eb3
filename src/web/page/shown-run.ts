import type { RecordedEvent } from '#events/log/event.ts';
import type { StoredIntent } from '#events/log/news.ts';
import type { TeamRow } from '#events/view/run-row.ts';
import type { RunView } from '#events/view/run-view.ts';
import type { Person, Rights } from '../access.ts';
import type { AlertCount } from '../served-team.ts';

/** A run with at least one line, as it is shown to a person. */
export type ShownRun = {
  readonly run: TeamRow;
  readonly view: RunView;
  readonly records: readonly RecordedEvent[];
  /** How often its alerts came. */
  readonly alerts: readonly AlertCount[];
  readonly person: Person;
  readonly rights: Rights;
  /** The last intents of this person, the latest first. */
  readonly own: readonly StoredIntent[];
  /** The one of them that the person has just sent without the script. */
  readonly sent: string | undefined;
  /** In milliseconds since 1970, by the clock of the server. */
  readonly now: number;
  readonly nonce: string;
};
