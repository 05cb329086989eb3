/** The change that a run is at: at its gate, or at work. */
export const CHANGES = `
CREATE TABLE run_change (run_id text PRIMARY KEY REFERENCES run, sign jsonb NOT NULL);
`;
