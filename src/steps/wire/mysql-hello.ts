/** The first packet of a MySQL or MariaDB server: a greeting, or an immediate refusal. */
export type MysqlHello =
  | {
      readonly version: string;
      readonly isMariadb: boolean;
      readonly offersTls: boolean;
    }
  | { readonly errno: number; readonly message: string };

const HEADER = 4;
const PROTOCOL_VERSION = 10;
const ERROR = 0xff;
/** The capability flag of TLS in a greeting, and in a client's answer to it. */
export const CLIENT_SSL = 0x0800;

/**
 * Parses the first packet of a server. Returns undefined if the bytes are not one, or incomplete.
 */
export function readMysqlHello(bytes: Buffer): MysqlHello | undefined {
  if (bytes.length <= HEADER) return undefined;
  const payload = bytes.subarray(HEADER, HEADER + bytes.readUIntLE(0, 3));
  if (bytes[3] === 0 && payload[0] === PROTOCOL_VERSION) return readGreeting(payload);
  // Before the greeting, a refusal has no SQLSTATE; some servers send one anyway.
  if ((bytes[3] ?? 2) <= 1 && payload[0] === ERROR && payload.length > 3) {
    const text = payload.toString('utf8', 3);
    return { errno: payload.readUInt16LE(1), message: text.replace(/^#\w{5}/, '') };
  }
  return undefined;
}

/** Returns whether bytes start a MySQL packet: number 0, with a greeting or an error. */
export function startsLikeMysql(bytes: Buffer): boolean {
  return bytes[3] === 0 && (bytes[4] === PROTOCOL_VERSION || bytes[4] === ERROR);
}

/** Returns whether the first packet is complete. */
export function isWholePacket(bytes: Buffer): boolean {
  return bytes.length >= HEADER && bytes.length >= HEADER + bytes.readUIntLE(0, 3);
}

function readGreeting(payload: Buffer): MysqlHello | undefined {
  const end = payload.indexOf(0, 1);
  if (end === -1) return undefined;
  const said = payload.toString('latin1', 1, end);
  // MariaDB adds a version prefix that old replicas accept.
  const version = said.replace(/^5\.5\.5-(?=\d+\.\d+\.\d+-MariaDB)/, '');
  const capabilitiesAt = end + 1 + 4 + 8 + 1;
  const capabilities =
    payload.length >= capabilitiesAt + 2 ? payload.readUInt16LE(capabilitiesAt) : 0;
  return {
    version,
    isMariadb: /mariadb/i.test(said),
    offersTls: (capabilities & CLIENT_SSL) !== 0,
  };
}
