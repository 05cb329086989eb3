import { describe, expect, test } from 'vitest';
import type { StepError } from '#runbook/model/step-error.ts';
import { tlsProblem } from '#steps/probe/login.ts';
import { explainTls } from '#steps/wire/handshake.ts';

const OPENSSL =
  '406D69BFE97F0000:error:0A00042E:SSL routines:ssl3_read_bytes:tlsv1 alert protocol version:../deps/openssl/openssl/ssl/record/rec_layer_s3.c:918:SSL alert number 70\n';

/** Errors as Node, mysql2 and the servers report them. */
const SAID: readonly (readonly [code: string, message: string, problem: string | null])[] = [
  ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', OPENSSL, 'version'],
  ['HANDSHAKE_SSL_ERROR', OPENSSL, 'version'],
  ['ERR_SSL_NO_PROTOCOLS_AVAILABLE', 'no protocols available', 'version'],
  ['HANDSHAKE_SSL_ERROR', 'sslv3 alert handshake failure', 'cipher'],
  [
    'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED',
    'tlsv13 alert certificate required',
    'client_certificate',
  ],
  ['28000', 'connection requires a valid client certificate', 'client_certificate'],
  [
    '3159',
    'Connections using insecure transport are prohibited while --require_secure_transport=ON.',
    'required',
  ],
  ['', 'the server offers no TLS, and the URL asks for it', 'not_offered'],
  ['HANDSHAKE_NO_SSL_SUPPORT', 'Server does not support secure connection', 'not_offered'],
  [
    'ERR_TLS_CERT_ALTNAME_INVALID',
    "Hostname/IP does not match certificate's altnames: IP: 127.0.0.1 is not in the cert's list: ",
    'name_mismatch',
  ],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'unable to verify the first certificate', 'certificate'],
  ['HANDSHAKE_SSL_ERROR', 'self-signed certificate in certificate chain', 'certificate'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'unable to get local issuer certificate', 'certificate'],
  ['CERT_HAS_EXPIRED', 'certificate has expired', 'certificate'],
  ['', 'db closes the connection in the TLS handshake', null],
];

describe('why TLS failed', () => {
  test.each(SAID)('%s: %s', (code, message, problem) => {
    expect(tlsProblem({ kind: 'tls', code, message })).toBe(problem);
  });

  test('is not asked of another error', () => {
    const error: StepError = { kind: 'auth', code: '1045', message: 'no certificate' };
    expect([tlsProblem(error), tlsProblem(undefined)]).toEqual([null, null]);
  });
});

test('a failed handshake is told in the words of OpenSSL, without its numbers and files', () => {
  const error = Object.assign(new Error(OPENSSL), { code: 'HANDSHAKE_SSL_ERROR' });
  expect(explainTls(error, 'db')).toMatchObject({
    kind: 'tls',
    message: 'tlsv1 alert protocol version',
    hint: expect.stringMatching(/share no TLS version/),
  });
});

test('a certificate without addresses is said to lack the one of the server', () => {
  const said = (list: string) =>
    Object.assign(
      new Error(
        `Hostname/IP does not match certificate's altnames: IP: 127.0.0.1 is not in the cert's list: ${list}`,
      ),
      { code: 'ERR_TLS_CERT_ALTNAME_INVALID' },
    );
  const explained = explainTls(said(''), 'db');
  expect(explained.message).toBe('the certificate does not name the address 127.0.0.1');
  expect(tlsProblem(explained)).toBe('name_mismatch');
  expect(explainTls(said('10.0.0.1'), 'db').message).toMatch(/list: 10\.0\.0\.1$/);
});

test('advice on starting Node is left out', () => {
  const message =
    'unable to verify the first certificate; if the root CA is installed locally, try running Node.js with --use-system-ca';
  const error = Object.assign(new Error(message), { code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' });
  expect(explainTls(error, 'db').message).toBe('unable to verify the first certificate');
});
