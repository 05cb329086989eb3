/**
 * Messages to people: one row for each question, or end, of a run and each channel that a rule names for
 * it. Any server takes those that are due.
 */
export const NOTICES = `
CREATE TABLE notice (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  run_id text NOT NULL REFERENCES run,
  question text NOT NULL,
  kind text NOT NULL,
  channel text NOT NULL,
  after_s int NOT NULL,
  state text NOT NULL DEFAULT 'due' CHECK (state IN ('due', 'told', 'closed', 'failed')),
  due_at timestamptz NOT NULL,
  tries int NOT NULL DEFAULT 0,
  reference text, error text,
  told_at timestamptz, changed_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (run_id, question, kind, channel, after_s)
);
CREATE INDEX notice_open ON notice (due_at) WHERE state IN ('due', 'told');
CREATE INDEX notice_channel ON notice (channel, changed_at);
CREATE INDEX run_finished ON run (finished_at) WHERE finished_at IS NOT NULL;
`;
