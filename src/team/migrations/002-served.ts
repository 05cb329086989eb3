/** Of several requests to start a run with one key there is only the first; cooldowns and rates of alerts. */
export const SERVED = `
ALTER TABLE run ADD COLUMN start_key text;
CREATE UNIQUE INDEX run_start_key ON run (started_by, start_key) WHERE start_key IS NOT NULL;
CREATE INDEX run_finished_fingerprint ON run (fingerprint, finished_at)
  WHERE finished_at IS NOT NULL AND fingerprint IS NOT NULL;
CREATE INDEX alert_started ON alert (source, received_at) WHERE decision = 'started';
`;
