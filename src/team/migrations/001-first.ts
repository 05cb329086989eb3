/**
 * The first schema. Lines are `text`, never `jsonb`: their chain is over bytes. Partial indexes name
 * columns that change once, so that the frequent updates of a run touch no index.
 */
export const FIRST = `
CREATE TABLE runbook_text (
  sha256 text PRIMARY KEY, name text NOT NULL, file text NOT NULL, text text NOT NULL,
  seen_at timestamptz NOT NULL DEFAULT now());

CREATE TABLE worker (
  id text PRIMARY KEY, labels text[] NOT NULL, program text NOT NULL, replay int NOT NULL,
  state text NOT NULL DEFAULT 'alive' CHECK (state IN ('alive', 'draining', 'dead', 'gone')),
  started_at timestamptz NOT NULL DEFAULT now(), beat_at timestamptz NOT NULL DEFAULT now());

CREATE TABLE run (
  id text PRIMARY KEY, runbook text NOT NULL, text_sha256 text NOT NULL REFERENCES runbook_text,
  environment text NOT NULL, label text NOT NULL, mode text NOT NULL DEFAULT 'live',
  severity text NOT NULL, inputs jsonb NOT NULL DEFAULT '{}', started_by text NOT NULL,
  source text NOT NULL CHECK (source IN ('alert', 'schedule', 'api', 'cli')),
  fingerprint text, replay int NOT NULL, title text NOT NULL,
  status text NOT NULL DEFAULT 'queued', waiting_for text, current_step text, outcome text,
  finished_at timestamptz, head_seq int NOT NULL DEFAULT 0,
  head_hash text NOT NULL DEFAULT repeat('0', 64), epoch bigint NOT NULL DEFAULT 0,
  holder text REFERENCES worker, leg text, failures int NOT NULL DEFAULT 0, trouble text,
  watched_until timestamptz, created_at timestamptz NOT NULL DEFAULT now(),
  changed_at timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 70);
CREATE UNIQUE INDEX run_open_fingerprint ON run (fingerprint)
  WHERE finished_at IS NULL AND fingerprint IS NOT NULL;
CREATE INDEX run_holder ON run (holder) WHERE holder IS NOT NULL;
CREATE INDEX run_open ON run (environment, runbook) WHERE finished_at IS NULL;

CREATE TABLE run_event (
  run_id text COLLATE "C" NOT NULL, seq int NOT NULL, at timestamptz NOT NULL, type text NOT NULL,
  epoch bigint NOT NULL, line text NOT NULL, PRIMARY KEY (run_id, seq)
) PARTITION BY RANGE (run_id);
CREATE TABLE run_event_other PARTITION OF run_event DEFAULT;

CREATE TABLE run_output (
  run_id text COLLATE "C" NOT NULL, file text NOT NULL, part int NOT NULL, bytes bytea NOT NULL,
  PRIMARY KEY (run_id, file, part)
) PARTITION BY RANGE (run_id);
CREATE TABLE run_output_other PARTITION OF run_output DEFAULT;

CREATE UNLOGGED TABLE run_live (
  run_id text PRIMARY KEY, epoch bigint NOT NULL, at timestamptz NOT NULL, live jsonb NOT NULL);

CREATE TABLE run_intent (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, run_id text NOT NULL REFERENCES run,
  person text NOT NULL, via text NOT NULL, at_seq int, intent jsonb NOT NULL, key text,
  created_at timestamptz NOT NULL DEFAULT now(), done_at timestamptz, answer text,
  UNIQUE (run_id, key));
CREATE INDEX run_intent_open ON run_intent (run_id) WHERE done_at IS NULL;

CREATE TABLE alert (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, source text NOT NULL,
  fingerprint text NOT NULL, status text NOT NULL, labels jsonb NOT NULL, run_id text,
  decision text NOT NULL CHECK (decision IN
    ('started', 'joined', 'resolved', 'no-route', 'refused', 'limited')),
  reason text,
  received_at timestamptz NOT NULL DEFAULT now());
CREATE INDEX alert_received ON alert (received_at);

CREATE TABLE person (
  id text PRIMARY KEY, issuer text, subject text, name text NOT NULL, email text,
  groups text[] NOT NULL, seen_at timestamptz, UNIQUE (issuer, subject));

CREATE TABLE token (
  hash bytea PRIMARY KEY, person text REFERENCES person, name text, scopes text[] NOT NULL,
  expires_at timestamptz NOT NULL, used_at timestamptz);

CREATE TABLE web_session (
  hash bytea PRIMARY KEY, person text REFERENCES person, auth_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL);

CREATE TABLE audit (seq bigint PRIMARY KEY, at timestamptz NOT NULL, line text NOT NULL);
`;
