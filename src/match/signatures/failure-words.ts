/** The parts of the sentences in which applications say that they have no database. */
export const FAILURE = {
  /** Starts such a sentence: "unable to", "error while". */
  fails: `unable to|could not|couldn"t|cannot|can not|can"t|failed to|fail to|failed|failure|failing|error|errors|not able to|timed out|timeout|problem|trouble`,
  /** Follows at once: verbs that take the database itself. */
  reaches: 'connect(?:ing)?|reach(?:ing)?|ping(?:ing)?|contact(?:ing)?|talk(?:ing)?',
  /** Verbs that take a connection, a pool or a session with it: databases are opened for other reasons too. */
  gets: 'open(?:ing)?|establish(?:ing)?|initiali[sz](?:e|ing)|creat(?:e|ing)|obtain(?:ing)?|get(?:ting)?|acquir(?:e|ing)|mak(?:e|ing)',
  nouns:
    'database|db|datastore|data store|data source|datasource|postgres|postgresql|mysql|mariadb',
  /** States in which a database is of no use. */
  states:
    'not available|not reachable|not ready|not responding|not connected|not accessible|unavailable|unreachable|down|offline|refused|lost',
  /** Words that start or end such sentences, to skip all other records. */
  anchors: [
    'unable to ',
    'could not ',
    'couldn"t ',
    'cannot ',
    'can not ',
    'can"t ',
    'fail',
    'error ',
    'errors ',
    'not able to ',
    'time',
    'problem ',
    'trouble ',
    'not ',
    'un',
    'down',
    'offline',
    'refused',
    'lost',
  ],
} as const;
