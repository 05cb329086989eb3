import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { makeCertificate } from '#lab/setup/certificate.ts';
import { solveExample } from './solved-example.ts';

/** A TLS server that loads its files when it starts and on SIGHUP, as most do. */
const SERVER = `
const [certificate, key] = process.argv.slice(1);
const fs = require('node:fs');
const load = () => ({ cert: fs.readFileSync(certificate), key: fs.readFileSync(key) });
const server = require('node:tls').createServer(load(), (socket) => socket.end());
process.on('SIGHUP', () => server.setSecureContext(load()));
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
`;

/** What a CA on this machine does: a new key, and a certificate for 90 days. */
const RENEW = `#!/bin/sh
set -e
openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout FOLDER/new.key -subj /CN=shop -out FOLDER/new.csr
printf 'subjectAltName=DNS:localhost,IP:127.0.0.1\\n' > FOLDER/names
openssl x509 -req -in FOLDER/new.csr -CA FOLDER/ca.pem -CAkey FOLDER/ca.key -CAcreateserial -days 90 -extfile FOLDER/names -out FOLDER/new.pem
mv FOLDER/new.pem FOLDER/tls.pem
mv FOLDER/new.key FOLDER/tls.key
`;

/** Starts a server whose certificate expires in three days, and returns the inputs for it. */
async function expiringServer() {
  const folder = mkdtempSync(join(tmpdir(), 'runbook-tls-'));
  const at = (name: string) => join(folder, name);
  const write = (name: string, text: string) =>
    writeFileSync(at(name), text.replaceAll('FOLDER', folder), { mode: 0o700 });
  const authority = makeCertificate({ name: 'Shop CA', isAuthority: true, until: 365 });
  const names = ['localhost', '127.0.0.1'];
  const old = makeCertificate({ name: 'shop', names, issuer: authority, until: 3.5 });
  write('ca.pem', authority.cert);
  write('ca.key', authority.key);
  write('tls.pem', old.cert);
  write('tls.key', old.key);
  write('renew', RENEW);
  const server = spawn(process.execPath, ['-e', SERVER, at('tls.pem'), at('tls.key')]);
  onTestFinished(() => {
    server.kill();
    rmSync(folder, { recursive: true });
  });
  write('reload', `#!/bin/sh\nkill -HUP ${server.pid}\n`);
  const port = await new Promise((resolve) => server.stdout.once('data', resolve));
  const inputs = {
    host: '127.0.0.1',
    port: String(port).trim(),
    ca_file: at('ca.pem'),
    certificate: at('tls.pem'),
    key: at('tls.key'),
    renew: at('renew'),
    reload: at('reload'),
  };
  return { folder, old, authority, write, at, inputs };
}

test('a certificate that expires in three days is renewed, loaded, and accepted by clients', async () => {
  const { inputs, folder, old } = await expiringServer();
  const { outcome, summary, findings, path, kim } = await solveExample(
    'certificate-expiring',
    inputs,
    { renew: { confirm: true }, reload: { confirm: true } },
  );
  expect({ outcome, path }).toEqual({
    outcome: 'resolved',
    path: ['served', 'file', 'renew', 'reload', 'trusted', 'renewed'],
  });
  expect(findings[0]).toMatch(
    /^The certificate expires on .*, in 3 days\. It was issued by .*Shop CA/,
  );
  expect(findings[1]).toContain('It has not been renewed');
  expect(summary).toContain('get a certificate that is valid until');
  const [gate] = kim.events('gate.opened');
  expect(JSON.stringify(gate?.preview?.rows)).toContain('IP Address:127.0.0.1');
  const copies = readdirSync(folder).filter((name) => name.startsWith('tls.pem.'));
  expect(copies.map((name) => readFileSync(join(folder, name), 'utf8'))).toEqual([old.cert]);
});

test('a file that is new already is only loaded', async () => {
  const { inputs, authority, write } = await expiringServer();
  const names = ['localhost', '127.0.0.1'];
  const young = makeCertificate({ name: 'shop', names, issuer: authority, until: 90 });
  write('tls.pem', young.cert);
  write('tls.key', young.key);
  const answers = { reload: { confirm: true } } as const;
  const { outcome, path } = await solveExample('certificate-expiring', inputs, answers);
  expect({ outcome, path }).toEqual({
    outcome: 'resolved',
    path: ['served', 'file', 'reload', 'trusted', 'renewed'],
  });
});

test('a renewal that fails leaves the old certificate in use, and a person has to continue', async () => {
  const { inputs, write, at, old } = await expiringServer();
  write('renew', '#!/bin/sh\necho the CA is not reachable >&2\nexit 1\n');
  const answers = { renew: { confirm: true } } as const;
  const { outcome, findings } = await solveExample('certificate-expiring', inputs, answers);
  expect(outcome).toBe('escalated');
  expect(findings.at(-1)).toContain('The server still uses the old certificate');
  expect(readFileSync(at('tls.pem'), 'utf8')).toBe(old.cert);
});
