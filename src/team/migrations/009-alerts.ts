/** An alert as its source told it, and its key there; those of a run are found by it. */
export const ALERTS = `
ALTER TABLE alert ADD COLUMN key text, ADD COLUMN told jsonb;
CREATE INDEX alert_run ON alert (run_id) WHERE run_id IS NOT NULL;
`;
