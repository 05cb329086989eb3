import { change, flagged, verbs } from '../rule.ts';
import { sending } from './netcat.ts';

/** A file, rather than the URI of a store or an engine. */
const FILE = /^[\w./~@+-]+$/;
/** A name that is sent unchanged in the first message. */
const NAME = /^[\w.,/-]*$/;
const FILES = {
  '-in': FILE,
  '-cert': FILE,
  '-key': FILE,
  '-CAfile': FILE,
  '-CApath': FILE,
} as const;

/** Judges `openssl`, without flags that load providers or engines or write files. */
export const OPENSSL = verbs({
  flags: '',
  verbs: {
    s_client: sending({
      style: 'whole',
      flags: `-connect: -servername: -starttls: -showcerts -CAfile: -CApath: -cert: -key: -verify:
        -verify_return_error -verify_hostname: -verify_ip: -brief -quiet -no_ign_eof -ign_eof -tls1
        -tls1_1 -tls1_2 -tls1_3 -no_tls1 -no_tls1_1 -no_tls1_2 -no_tls1_3 -alpn: -status -prexit
        -state -debug -msg -cipher: -ciphersuites: -groups: -sigalgs: -4 -6 -host: -port: -nbio -crlf
        -noservername -partial_chain -security_debug`,
      values: { ...FILES, '-starttls': /^[a-z\d]+$/, '-servername': NAME, '-alpn': NAME },
    }),
    x509: flagged({
      style: 'whole',
      flags: `-in: -inform: -outform: -noout -text -subject -issuer -dates -startdate -enddate
        -checkend: -checkhost: -checkip: -checkemail: -fingerprint -sha1 -sha256 -serial -hash
        -subject_hash -issuer_hash -ext: -nameopt: -certopt: -purpose -pubkey -modulus -email`,
      changing: { '-out:': change('writes a file') },
      values: { ...FILES, '-inform': /^(?:PEM|DER)$/i },
      most: 0,
    }),
    verify: flagged({
      style: 'whole',
      flags: `-CAfile: -CApath: -untrusted: -trusted: -purpose: -verify_hostname: -verify_ip:
        -partial_chain -show_chain -verbose -no-CAfile -no-CApath -crl_check`,
      values: FILES,
      like: FILE,
    }),
    'crl req': flagged({
      style: 'whole',
      flags: '-in: -inform: -noout -text -subject -issuer -lastupdate -nextupdate',
      changing: {
        '-out:': change('writes a file'),
        '-new -newkey: -keyout:': change('makes a key'),
      },
      needs: '-noout',
      values: { '-in': FILE },
    }),
    ciphers: flagged({
      style: 'whole',
      flags: '-v -V -s -tls1 -tls1_1 -tls1_2 -tls1_3 -stdname',
      like: /^[\w:!+@=-]+$/,
    }),
    version: flagged({ style: 'whole', flags: '-a -v -b -o -f -p -d', most: 0 }),
  },
});
