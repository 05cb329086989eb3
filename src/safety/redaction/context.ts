/** Names of passwords: `DB_PASSWORD`, `--db-password`, `"secret"`, `PGPASSWORD`. */
const NAME =
  '[\\w.-]{0,64}(?:passw(?:or)?d|passphrase|passwd|pass|pwd|secret|token|api[_-]?key|auth|credentials?)[\\w-]{0,32}';
const QUOTE = '(?:\\\\{0,4}["\'])?';

const PLACES = [
  // password=…, "password": "…", password => …
  `${NAME}${QUOTE}\\s{0,8}(?:=>|[=:])\\s{0,8}${QUOTE}`,
  // --password …, IDENTIFIED BY '…', PASSWORD '…'
  `(?:^|\\s)--?${NAME}[= ]${QUOTE}`,
  `(?:identified\\s{1,4}by|password)\\s{1,4}${QUOTE}`,
  // mysql -p…, redis-cli -a …
  `(?:^|\\s)-[pa]\\s?${QUOTE}`,
  // curl -u user:…
  `(?:^|\\s)(?:-u|--user)[= ]?${QUOTE}[^\\s:]{1,64}:`,
  // host:port:database:user:… of .pgpass
  `(?:^|[\\n\\s"'])(?:(?:\\\\.|[^:\\\\\\s/]){1,256}:){4}`,
].map((place) => new RegExp(`${place}$`, 'i'));

/** The number of characters before a value that determine whether it is a password. */
export const CONTEXT = 256;

/** Tells whether the text before a value marks it as a password. */
export function isPasswordPlace(before: string): boolean {
  return PLACES.some((place) => place.test(before));
}
