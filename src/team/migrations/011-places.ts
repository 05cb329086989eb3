/** The number of runs that a worker works on at a time. */
export const PLACES = `
ALTER TABLE worker ADD COLUMN places int NOT NULL DEFAULT 100;
`;
