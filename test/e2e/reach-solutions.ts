import { faultKind } from '../support/fault-kind.ts';
import { type Solution, writeRightUrl } from './reach-lab.ts';

const NEW_URL = ['change_url', 'new_url', 'new_login', 'resolved'];

/** How an operator solves each fault of refused connections, whatever its engine. */
const REFUSED: readonly Solution[] = [
  {
    kind: faultKind('refused-closed-port'),
    answers: (scene) => ({
      cause: { answer: 'the URL names the wrong host or port' },
      ...writeRightUrl(scene),
    }),
    path: ['read_url', 'port', 'here', 'listeners', 'cause', ...NEW_URL],
    findings: [/refuses connections on port \d+/, /Databases listen here on .*127\.0\.0\.1:\d+/],
  },
  {
    kind: faultKind('refused-stopped'),
    answers: ({ byHand }) => ({
      cause: { answer: 'the server is stopped' },
      platform: { answer: 'something else' },
      start_other: { first: byHand('start-database'), done: 'started' },
    }),
    path: [
      ...['read_url', 'port', 'here', 'listeners', 'cause'],
      ...['platform', 'start_other', 'back', 'login', 'resolved'],
    ],
    findings: [/Nothing listens on port \d+/, 'The login works: shop'],
  },
  {
    kind: faultKind('refused-other-interface'),
    answers: (scene) => ({
      interface: { answer: 'the application uses that address' },
      ...writeRightUrl(scene),
    }),
    path: ['read_url', 'port', 'here', 'listeners', 'interface', ...NEW_URL],
    findings: [
      /is open here, but only on 127\.0\.0\.1:\d+; the application connects to 127\.0\.0\.2/,
    ],
  },
];

const TIMEOUT: readonly Solution[] = [
  {
    kind: faultKind('timeout-dropped'),
    amongOthers: true,
    answers: ({ byHand }) => ({
      elsewhere: { answer: 'on its own machine only' },
      allow: { first: byHand('open-firewall'), done: 'one address, one port' },
    }),
    path: ['path', 'here', 'elsewhere', 'allow', 'again', 'login', 'steady', 'resolved'],
    findings: [
      /does not answer on port \d+: packets are dropped/,
      /is another machine\. Route: 198\.18\.\d+\.\d+ dev lab\d+ src 198\.18/,
      'All 20 connection attempts succeeded',
    ],
  },
  {
    kind: faultKind('timeout-full-backlog'),
    amongOthers: true,
    answers: writeRightUrl,
    path: ['path', 'here', 'queue', 'process', ...NEW_URL],
    findings: [
      /The accept queue of port \d+ is full: 2 wait where 1 fit/,
      /is not a database: process \d+/,
    ],
  },
  {
    kind: faultKind('timeout-silent'),
    amongOthers: true,
    answers: writeRightUrl,
    path: ['path', 'greet', 'here', 'queue', 'process', ...NEW_URL],
    findings: [
      'The connection is accepted, but the server does not respond',
      /is not a database: process \d+/,
    ],
  },
  {
    kind: faultKind('timeout-stopped-postmaster'),
    answers: () => ({ continue_process: { confirm: true } }),
    path: [
      ...['path', 'greet', 'here', 'queue', 'process'],
      ...['continue_process', 'login', 'steady', 'resolved'],
    ],
    findings: [/Process \d+ is stopped \(state T\)/, 'The login works'],
  },
];

/** What runbook timeout does once the way is free. */
const WAY_IS_FREE = ['again', 'login', 'steady', 'resolved'];

const BAD_LINE: readonly Solution[] = [
  {
    kind: faultKind('timeout-lossy'),
    amongOthers: true,
    answers: ({ byHand }) => ({
      line: { first: byHand('repair-line'), done: 'the cable of the switch is replaced' },
    }),
    path: ['path', 'here', 'line', ...WAY_IS_FREE],
    findings: [
      /is another machine\. Packets to it get lost on the way/,
      'All 20 connection attempts succeeded',
    ],
  },
  {
    kind: faultKind('unreachable-link-down'),
    amongOthers: true,
    answers: ({ byHand }) => ({
      link: { first: byHand('plug-cable-in'), done: 'it was the cable' },
    }),
    path: ['path', 'here', 'link', ...WAY_IS_FREE],
    findings: [
      /does not answer there \(no answer to ARP\)/,
      'All 20 connection attempts succeeded',
    ],
  },
  {
    kind: faultKind('unreachable-rejected'),
    answers: ({ byHand }) => ({
      elsewhere: { answer: 'on its own machine only' },
      allow: { first: byHand('open-firewall'), done: 'one address, one port' },
    }),
    path: ['path', 'here', 'elsewhere', 'allow', ...WAY_IS_FREE],
    findings: [/port \d+, cannot be reached: .*EHOSTUNREACH/],
  },
  {
    kind: faultKind('refused-by-firewall'),
    answers: ({ byHand }) => ({
      cause: { answer: 'the server listens there, and a firewall refuses for it' },
      allow: { first: byHand('open-firewall'), done: 'one address, one port' },
    }),
    path: ['read_url', 'port', 'here', 'cause', 'allow', 'back', 'login', 'resolved'],
    findings: [
      /refuses connections on port \d+: .*or a firewall rejects the connection/,
      'a firewall refuses for it',
      'The login works: shop',
    ],
  },
];

const DNS: readonly Solution[] = [
  {
    kind: faultKind('dns-nxdomain'),
    answers: ({ byHand }) => ({
      cause: { answer: 'the name is right and its record is missing' },
      platform: { answer: 'something else' },
      restore_record: { first: byHand('restore-record'), done: 'the A record is back' },
    }),
    path: [
      ...['resolve', 'resolver', 'other', 'cause', 'platform'],
      ...['restore_record', 'again', 'login', 'resolved'],
    ],
    findings: ['says that there is no such name (NXDOMAIN)', 'resolves again'],
  },
  ...(['dns-servfail', 'dns-silent'] as const).map((name) => ({
    kind: faultKind(name),
    // Only one name server at a time.
    ...(name === 'dns-silent' && { amongOthers: true as const }),
    answers: ({ byHand }: Parameters<Solution['answers']>[0]) => ({
      repair_server: { first: byHand('repair-name-server'), done: 'it answers again' },
    }),
    path: ['resolve', 'resolver', 'other', 'repair_server', 'again', 'login', 'resolved'],
    findings: [
      name === 'dns-servfail' ? 'cannot answer (SERVFAIL)' : 'does not answer',
      /nameserver 127\.0\.53\.\d+/,
      name === 'dns-servfail'
        ? '): the name server or what it asks is at fault'
        : 'the path to it or what it asks is at fault',
    ],
  })),
];

const CONFIG: readonly Solution[] = [
  {
    kind: faultKind('config-unescaped-password'),
    answers: (scene) => ({ platform: { answer: 'something else' }, ...writeRightUrl(scene) }),
    path: [
      ...['read_url', 'platform', 'change_url', 'new_url'],
      ...['new_config', 'new_login', 'resolved'],
    ],
    findings: [/the password holds .*@.* which should be written .*%40/, 'The URL is well formed'],
  },
  {
    kind: faultKind('config-undefined-host'),
    answers: (scene) => ({ platform: { answer: 'something else' }, ...writeRightUrl(scene) }),
    path: [
      ...['read_url', 'platform', 'change_url', 'new_url'],
      ...['new_config', 'new_login', 'resolved'],
    ],
    findings: ['the host is the text "undefined"', 'The login works as shop'],
  },
];

const WRONG_SERVICE: readonly Solution[] = [
  { kind: faultKind('wrong-service-http'), says: /but a web server \(HTTP\)/ },
  { kind: faultKind('wrong-service-ssh-banner'), says: /but an SSH server, which says "SSH-2\.0/ },
  {
    kind: faultKind('wrong-service-other-engine'),
    says: /is not a (?:PostgreSQL|MySQL or MariaDB) server but a (?:MariaDB|PostgreSQL) server/,
  },
].map(({ kind, says }) => ({
  kind,
  amongOthers: true,
  answers: writeRightUrl,
  path: ['read_url', 'greet', 'here', 'listeners', 'usual_port', ...NEW_URL],
  findings: [says, /Port \d+ is used by/, 'The login works with'],
}));

/** How an operator solves each fault on the way to a server. */
export const REACH_SOLUTIONS: readonly Solution[] = [
  ...BAD_LINE,
  ...CONFIG,
  ...DNS,
  ...REFUSED,
  ...TIMEOUT,
  ...WRONG_SERVICE,
];
