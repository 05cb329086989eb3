import type { MadeFault } from '#lab/fault.ts';
import { byHand, testWays, type Way } from './login-faults.ts';
import type { Answers } from './solve-fault.ts';

const CORRECTED = ['new_url', 'login_again', 'resolved'];
const AS_CLIENT = ['login', 'handshake', 'direct', 'as_client'];

/** Something is done by hand at a step, and the URL the application has then is asked for. */
function doneAt(made: MadeFault, step: string, name: string): Answers {
  return {
    [step]: { first: byHand(made, name), done: 'rolled out' },
    new_url: {
      get answer() {
        return made.appUrl();
      },
    },
  };
}

const required: Way = {
  fault: 'tls-required-by-server',
  answers: (made) => doneAt(made, 'correct_url', 'correct-url'),
  path: [...AS_CLIENT, 'encrypted_login', 'plain_sessions', 'correct_url', ...CORRECTED],
  findings: [/Without TLS, the server rejects this user/, /logs in with TLSv1\.3/],
};

const unknownCa: Way = {
  fault: 'tls-unknown-ca',
  answers: (made) => doneAt(made, 'install_ca', 'correct-url'),
  path: [...AS_CLIENT, 'trusted', 'install_ca', ...CORRECTED],
  findings: [/No CA in .*application-ca\.pem issued the certificate\. Its issuer is .*Lab CA/],
};

const wrongName: Way = {
  fault: 'tls-wrong-name',
  answers: (made) => ({
    unknown_name: { answer: 'The certificate needs this name' },
    renew: { first: byHand(made, 'install-certificate'), done: 'issued for both names' },
    reload: { confirm: true },
  }),
  path: [...AS_CLIENT, 'trusted', 'known_name', 'unknown_name', 'renew', 'reload', 'resolved'],
  findings: [
    /The certificate is for .*db\.shop\.example.*connects to 127\.0\.0\.1/,
    /The certificate's name cannot be used from here: .*db\.shop\.example/,
  ],
};

const expired: Way = {
  fault: 'tls-expired',
  answers: (made) => ({
    renew: { first: byHand(made, 'install-certificate'), done: 'renewed' },
    reload: { confirm: true },
  }),
  path: ['login', 'handshake', 'renew', 'reload', 'resolved'],
  findings: [
    /issued by .*Lab CA\) expired on 2/,
    /uses its new files, and a login with the application's URL works/,
  ],
};

const tooOld: Way = {
  fault: 'tls-protocol-too-old',
  answers: (made) => doneAt(made, 'old_client', 'upgrade-client'),
  path: [...AS_CLIENT, 'old_client', ...CORRECTED],
  findings: [/uses TLSv1\.3, and rejects a client that supports TLSv1\.2 at most/],
};

/** What triage hands over: the URL the application has, and no file of authorities. */
const tooOldAsPaged: Way = {
  fault: 'tls-protocol-too-old',
  inputs: { ca_file: undefined, client_max_tls: undefined },
  url: { ssl_max_protocol_version: 'TLSv1.2' },
  answers: (made) => doneAt(made, 'old_client', 'correct-url'),
  path: ['login', 'handshake', 'direct', 'old_client', ...CORRECTED],
  findings: [/no version that the application's URL allows \(at most TLSv1\.2\)/],
};

const turnedOff: Way = {
  fault: 'tls-server-has-none',
  answers: () => ({ turn_on: { confirm: true }, reload: { confirm: true } }),
  path: ['login', 'handshake', 'server_policy', 'turn_on', 'reload', 'resolved'],
  findings: [/The server does not offer TLS/, /ssl = off, and a certificate of \d+ bytes/],
};

await testWays('postgres', [
  ...[required, turnedOff, unknownCa, wrongName, expired, tooOld, tooOldAsPaged],
]);

await testWays('postgres-system', [
  turnedOff,
  {
    fault: 'tls-direct-refused',
    answers: (made) => doneAt(made, 'correct_url', 'correct-url'),
    path: ['login', 'handshake', 'direct', 'correct_url', ...CORRECTED],
    findings: [/The URL says sslnegotiation=direct/],
  },
]);

const mysql = (state: RegExp): readonly Way[] => [
  required,
  {
    fault: 'tls-server-has-none',
    answers: (made) => ({
      no_tls_by_hand: { first: byHand(made, 'restart-database'), done: 'ssl_cert is set' },
    }),
    path: ['login', 'handshake', 'server_policy', 'no_tls_by_hand', 'login', 'resolved'],
    findings: [state, /The login works now, TLSv1\.3/],
  },
  unknownCa,
  wrongName,
  expired,
  tooOld,
  tooOldAsPaged,
];

await testWays('mariadb', mysql(/The server has no TLS set up: have_ssl = DISABLED/));
await testWays('mysql', mysql(/The server has no TLS set up/));
