/** The parts of an ssh destination. The operator's configuration may override each of them. */
type SshDestination = {
  readonly user: string | null;
  readonly host: string;
  /** Null if the configuration or the default decides. */
  readonly port: number | null;
};

const DESTINATION =
  /^(?:(?<user>[^@/]+)@)?(?:\[(?<literal>[\da-fA-F:.]+(?:%\w+)?)\]|(?<host>[^@/[\]]+))$/;

/**
 * Parses `[user@]host` or `ssh://[user@]host[:port]`. Returns undefined for any other text, and for
 * a user or host that a client could mistake for an option.
 */
export function parseSshDestination(text: string): SshDestination | undefined {
  const [, rest, digits] = /^ssh:\/\/(.*?)(?::(\d{1,5}))?\/?$/.exec(text) ?? [];
  const { user, literal, host = literal } = DESTINATION.exec(rest ?? text)?.groups ?? {};
  if (host === undefined || host.startsWith('-') || user?.startsWith('-')) return undefined;
  const port = digits === undefined ? null : Number(digits);
  if (port !== null && (port < 1 || port > 65_535)) return undefined;
  return { user: user ?? null, host, port };
}
