/** What the roles of an intent were given for: the environment, and the digest of the gate. */
export const RIGHTS = `
ALTER TABLE run_intent ADD COLUMN environment text, ADD COLUMN digest text;
`;
