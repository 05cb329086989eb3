/** The environment and the digest of the gate that the roles of an intent were given for. */
export const RIGHTS = `
ALTER TABLE run_intent ADD COLUMN environment text, ADD COLUMN digest text;
`;
