/** An entry of the audit that the server writes; it never has a secret. */
export type AuditNote = {
  readonly what:
    | 'signed-in'
    | 'sign-in-refused'
    | 'signed-out'
    | 'intent-refused'
    | 'start-refused'
    | 'alert-tried-again'
    | 'run-exported';
  /** The ID of the person, if somebody is known. */
  readonly person?: string | undefined;
  readonly run?: string | undefined;
  /** Texts that tell more, by name. */
  readonly more?: Readonly<Record<string, string>> | undefined;
};

/** The port of the audit: what happens besides the runs. */
export interface AuditLog {
  note(entry: AuditNote): Promise<void>;
}
