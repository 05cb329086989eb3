import { Socket } from 'node:net';
import pg from 'pg';
import type { ClientRow, OpenClient } from './client.ts';
import { readClientTls } from './tls.ts';

/** Logs in to PostgreSQL, or to a pooler in front of it, through `pg`. */
export const openPostgresClient: OpenClient = async (text, { name, withinMs, lookup }) => {
  const url = new URL(text);
  const tls = readClientTls(url);
  const direct = url.searchParams.get('sslnegotiation') === 'direct';
  url.search = '';
  const settings = {
    connectionString: url.href,
    application_name: name,
    connectionTimeoutMillis: withinMs,
    query_timeout: withinMs,
    ssl: tls ?? false,
    ...(direct && { sslnegotiation: 'direct' as const }),
    stream: () => new LookingUpSocket(lookup),
  };
  const driver = new pg.Client(settings);
  let lost = false;
  const noteLoss = () => {
    lost = true;
  };
  driver.on('error', noteLoss).on('end', noteLoss);
  try {
    await driver.connect();
  } catch (error) {
    void driver.end().catch(() => {});
    throw error;
  }
  const id = Reflect.get(driver, 'processID');
  let ending: Promise<void> | undefined;
  return {
    id: Number(id ?? 0),
    async ask(sql) {
      const result = await driver.query<ClientRow>(sql);
      return Array.isArray(result) ? [] : result.rows;
    },
    isLost: () => lost,
    end() {
      ending ??= driver.end().catch(() => {});
      return ending;
    },
  };
};

type Lookup = Parameters<OpenClient>[1]['lookup'];

/** A socket with its own name lookup: pg connects by port and host alone. */
class LookingUpSocket extends Socket {
  readonly #lookup: Lookup;

  constructor(lookup: Lookup) {
    super();
    this.#lookup = lookup;
  }

  override connect(...args: readonly unknown[]): this {
    const [port, host] = args;
    return super.connect({ port: Number(port), host: String(host), lookup: this.#lookup });
  }
}
