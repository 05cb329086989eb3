import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { describe, expect, onTestFinished, test } from 'vitest';
import { runProbe } from '../../support/run-probe.ts';

const RCODES = { noerror: 0, servfail: 2, nxdomain: 3, refused: 5 } as const;
const TYPES = { A: 1, CNAME: 5, AAAA: 28 } as const;

/** What the server below says to a name: records of a type, nothing, an error, or not a word. */
type Zone = Readonly<
  Record<
    string,
    keyof typeof RCODES | 'silence' | Readonly<Partial<Record<keyof typeof TYPES, Buffer>>>
  >
>;

/** Starts a name server of 127.0.0.1 that knows these names, and returns `ADDRESS:PORT`. */
async function nameServer(zone: Zone): Promise<string> {
  const server = createSocket('udp4');
  onTestFinished(() => void server.close());
  server.on('message', (query, { port, address }) => {
    const answer = answerTo(query, zone);
    if (answer !== undefined) server.send(answer, port, address);
  });
  server.bind(0, '127.0.0.1');
  await once(server, 'listening');
  return `127.0.0.1:${server.address().port}`;
}

function answerTo(query: Buffer, zone: Zone): Buffer | undefined {
  const labels: string[] = [];
  let at = 12;
  for (let size = query[at] ?? 0; size > 0; size = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + size));
    at += 1 + size;
  }
  const type = query.readUInt16BE(at + 1);
  const said = zone[labels.join('.')] ?? 'nxdomain';
  if (said === 'silence') return undefined;
  const name = Object.entries(TYPES).find(
    ([, number]) => number === type,
  )?.[0] as keyof typeof TYPES;
  const data = typeof said === 'string' ? undefined : said[name];
  const header = Buffer.from(query.subarray(0, 12));
  header.writeUInt16BE(0x8180 | (typeof said === 'string' ? RCODES[said] : 0), 2);
  header.writeUInt16BE(data === undefined ? 0 : 1, 6);
  header.writeUInt16BE(0, 10);
  const question = query.subarray(12, at + 5);
  if (data === undefined) return Buffer.concat([header, question]);
  const record = Buffer.from([0xc0, 12, 0, type, 0, 1, 0, 0, 0, 60, 0, data.length]);
  return Buffer.concat([header, question, record, data]);
}

const ZONE: Zone = {
  'db.lab.test': {
    A: Buffer.from([10, 9, 8, 7]),
    AAAA: Buffer.from(`fd${'00'.repeat(14)}07`, 'hex'),
  },
  'alias.lab.test': {
    A: Buffer.from([10, 9, 8, 7]),
    CNAME: Buffer.from('\x02db\x03lab\x04test\0'),
  },
  'broken.lab.test': 'servfail',
  'private.lab.test': 'refused',
  'empty.lab.test': 'noerror',
  'lost.lab.test': 'silence',
};

describe('a name server is asked itself', () => {
  test('and tells the addresses of both families, how long they count, and what the name is an alias of', async () => {
    const server = await nameServer(ZONE);
    const { result } = await runProbe('dns', { host: 'alias.lab.test', server });
    expect(result).toMatchObject({
      canonical: 'db.lab.test',
      direct: { server, code: 'NOERROR', addresses: [{ address: '10.9.8.7', family: 4, ttl: 60 }] },
    });
    const { result: both } = await runProbe('dns', { host: 'db.lab.test', server });
    expect(both).toMatchObject({
      canonical: null,
      direct: { addresses: [{ family: 4 }, { address: 'fd00::7', family: 6 }], agrees: false },
    });
  });

  test.each([
    ['there is no such name', 'absent.lab.test', 'NXDOMAIN'],
    ['the name has no address', 'empty.lab.test', 'NODATA'],
    ['it is broken', 'broken.lab.test', 'SERVFAIL'],
    ['it does not serve us', 'private.lab.test', 'REFUSED'],
    ['it is silent', 'lost.lab.test', 'TIMEOUT'],
  ])('and %s', async (_, host, code) => {
    const server = await nameServer(ZONE);
    const { status, error, result } = await runProbe('dns', { host, server }, { timeoutMs: 900 });
    expect(status).toBe('failed');
    expect(error).toMatchObject({ kind: 'dns', phase: 'dns', code });
    expect(error?.message).toContain(server);
    expect(result).toMatchObject({ host, ms: expect.any(Number), direct: { code } });
  });

  test('and nothing listens there', async () => {
    const { error } = await runProbe('dns', { host: 'db.lab.test', server: '127.0.0.1:1' });
    expect(error).toMatchObject({ kind: 'dns', code: 'UNREACHABLE' });
  });

  test('although this machine does find the name', async () => {
    const server = await nameServer({});
    const { result, error } = await runProbe('dns', { host: 'localhost', server });
    expect(result.addresses).toContainEqual({ address: '127.0.0.1', family: 4 });
    expect(error).toMatchObject({ code: 'NXDOMAIN', hint: expect.stringMatching(/does find/) });
  });

  test('only by its address', async () => {
    const { error } = await runProbe('dns', { host: 'localhost', server: 'ns1.example' });
    expect(error).toMatchObject({ kind: 'config', phase: 'dns' });
  });
});

test.each([
  ['broken.lab.test', 'SERVFAIL'],
  ['empty.lab.test', 'NODATA'],
  ['absent.lab.test', 'NXDOMAIN'],
  ['lost.lab.test', 'TIMEOUT'],
])('why the system finds no address for %s is asked of the name servers', async (host, code) => {
  const nameServers = [await nameServer(ZONE)];
  const { error, result } = await runProbe('dns', { host }, { nameServers, timeoutMs: 2_000 });
  expect(error).toMatchObject({ kind: 'dns', phase: 'dns', code });
  expect(result).toMatchObject({ addresses: [], direct: { server: null, code } });
});

test('a short name that is not found is said to need a search domain', async () => {
  const server = await nameServer({});
  const { error } = await runProbe('dns', { host: 'no-such-short-name', server });
  expect(error?.hint).toMatch(/search domain/);
});

test('a name of the hosts file is known to come from there', async () => {
  const { status, result } = await runProbe('dns', { host: 'localhost' });
  expect(status).toBe('succeeded');
  expect(result).toMatchObject({ from_hosts_file: true, direct: null });
});

test.each([
  ['127.0.0.1', '127.0.0.1', 4],
  ['::1', '::1', 6],
  ['[::1]', '::1', 6],
])('an address such as %s needs no name server', async (host, address, family) => {
  const { status, result } = await runProbe('dns', { host, server: '127.0.0.1:1' });
  expect(status).toBe('succeeded');
  expect(result).toMatchObject({ addresses: [{ address, family }], direct: null });
});

test.each([
  ['an @', 'hunter2@127.0.0.1', /holds "@"/],
  ['a slash', 'hunter2/127.0.0.1', /holds "\/"/],
  ['a line end', 'hunter2.example\n', /white space/],
  ['a port', 'db1.example:5432', /holds a port/],
  ['a URL', 'postgres://hunter2', /is a URL/],
  ['several hosts', 'db1.example,db2.example', /several hosts/],
  ['nothing', '', /is empty/],
  ['an unset variable', 'undefined', /is the text "undefined"/],
])(
  'a host with %s is not asked for, and what may be a password is not shown',
  async (_, host, message) => {
    const { error, result } = await runProbe('dns', { host });
    expect(error).toMatchObject({
      kind: 'config',
      phase: 'dns',
      message: expect.stringMatching(message),
    });
    expect(JSON.stringify({ error, result })).not.toContain('hunter2');
  },
);
