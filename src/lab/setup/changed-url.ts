/** The parts of a connection URL to replace. */
type UrlChange = {
  readonly host?: string;
  readonly port?: number;
  readonly user?: string;
  readonly password?: string;
  readonly database?: string;
  readonly parameters?: Readonly<Record<string, string>>;
};

/** Returns a connection URL with some parts replaced, each of them encoded. */
export function changedUrl(text: string, change: UrlChange): string {
  const url = new URL(text);
  const { host, port, user, password, database, parameters = {} } = change;
  if (host !== undefined) url.hostname = host;
  if (port !== undefined) url.port = String(port);
  if (user !== undefined) url.username = encodeURIComponent(user);
  if (password !== undefined) url.password = encodeURIComponent(password);
  if (database !== undefined) url.pathname = `/${encodeURIComponent(database)}`;
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url.href;
}

/** Returns the decoded login of a connection URL. */
export function loginOf(text: string): {
  readonly user: string;
  readonly password: string;
  readonly database: string;
} {
  const { username, password, pathname } = new URL(text);
  const [user = '', secret = '', database = ''] = [username, password, pathname.slice(1)].map(
    decodeURIComponent,
  );
  return { user, password: secret, database };
}
