/** Keywords of statements with a lasting effect on their session. */
const SESSION =
  /^(?:begin|start|commit|end|rollback|abort|savepoint|release|prepare|execute|deallocate|declare|fetch|move|close|open|reset|discard|listen|unlisten|load|use|lock|unlock|xa|handler|delimiter)\b/i;

/** `SET` statements that affect the server or a password rather than the session. */
const SET_FOR_ALL =
  /^set\s+(?:(?:global|persist|persist_only)\s|@@(?:global|persist|persist_only)\.|password\b)[^,]*$/i;

const TEMPORARY =
  /\b(?:create|into)\s+(?:or\s+replace\s+)?(?:(?:local|global)\s+)?temp(?:orary)?\b/i;

const HELD_LOCK = /^flush\b[\s\S]*\b(?:with\s+read\s+lock|for\s+export)\b/i;

/**
 * Returns the reason why a statement other than a read cannot run on a connection that the run
 * keeps using: it would leave a transaction, a setting, a lock or a shadowing table, which changes
 * the meaning of later reads and changes. Returns undefined if there is none.
 */
export function sessionProblem(sql: string): string | undefined {
  const text = sql.trimStart();
  if (!/^[a-z(]/i.test(text))
    return 'a statement that is not a read has to begin with its own word';
  if (/^set\b/i.test(text))
    return SET_FOR_ALL.test(text) ? undefined : 'it changes a setting of the session';
  if (HELD_LOCK.test(text)) return 'it takes a lock that the session holds';
  if (TEMPORARY.test(text)) return 'it makes a table that only the session sees';
  return SESSION.test(text) ? 'it changes the state of the session' : undefined;
}
