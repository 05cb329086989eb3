/** The runs of an environment, most recent first; its columns never change. */
export const LISTS = `
CREATE INDEX run_of_environment ON run (environment, id);
`;
