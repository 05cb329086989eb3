/**
 * The roles and the sign-in behind an intent, for the worker to decide itself; the time after which a
 * run of an environment is parked; the subject of an entry of the audit, which is written once.
 */
export const POLICY = `
ALTER TABLE run_intent ADD COLUMN roles text[] NOT NULL DEFAULT '{}',
  ADD COLUMN signed_in_at timestamptz;
CREATE INDEX run_intent_refused ON run_intent (id) WHERE answer LIKE '{"accepted":false%';
ALTER TABLE run ADD COLUMN hold_ms int;
ALTER TABLE audit ADD COLUMN about text UNIQUE;
`;
