import { means, type Signature, WEIGHT } from '../signature.ts';

/** Messages of TLS libraries, drivers and servers about encryption and certificates. */
export const ENCRYPTION: readonly Signature[] = [
  means('tls-failure', { weight: WEIGHT.tls, needs: 'reported' })`
    certificate verify failed
    certificate_verify_failed
    sslcertverification
    self-signed certificate
    self signed certificate
    self_signed_cert
    unable to get local issuer certificate
    unable_to_get_issuer
    unable to verify the first certificate
    unable_to_verify_leaf
    certificate has expired
    cert_has_expired
    certificate is not yet valid
    certificate expired
    certificateexpired
    pkix path
    certpathvalidator
    certpathbuilder
    sslhandshakeexception
    sslpeerunverified
    no appropriate protocol
    'received fatal alert: '
    ssl peer shut down incorrectly
    remote host terminated the handshake
    remote host closed connection during handshake
    unsupported or unrecognized ssl message
    'x509: '
    'tls: '
    tls error
    ssl error
    tls/ssl error
    ssl connection error
    ssl authentication error
    ssl routines
    ssl operation failed
    ssl negotiation failed
    tls handshake
    ssl handshake
    ssl accept error
    fatal - unknown ca
    client alert: fatal
    server alert: fatal
    alert unknown ca
    alert certificate
    alert protocol version
    alert handshake failure
    alert no application protocol
    alert internal error
    alert bad certificate
    wrong version number
    tlsv1 unrecognized name
    no protocols available
    no shared cipher
    dh key too small
    ee certificate key too weak
    err_tls_cert_altname_invalid
    does not match certificate"s altnames
    not in the cert"s altnames
    server certificate for "… does not match host name
    certificate is not valid for
    hostname mismatch, certificate
    ip address mismatch, certificate
    could not be verified by hostnameverifier
    doesn"t correspond to certificate
    no name matching … found
    no subject alternative
    remote certificate is invalid
    remote certificate was rejected
    remotecertificatenamemismatch
    invalid peer certificate
    unknownissuer
    certnotvalidforname
    ssl alert number
    eproto
    handshake_ssl_error
    secure tls connection was established
    ca certificate … is self signed
    ssl library error
    ssl context
  `,
  means('tls-failure', { also: ['stale-connection'], weight: WEIGHT.tls, needs: 'database' })`
    eof occurred in violation of protocol
  `,
  means('tls-failure')`
    server does not support ssl
    server does not support tls
    server does not support secure connection
    server doesn"t support ssl
    server doesn"t support tls
    server does not allow ssl
    does not support ssl connections
    but ssl was required
    ssl is required but the server
    ssl is required, but the server
    tls requested but server
    ssl is not enabled on the server
    ssl not enabled in the server
    ssl not enabled in mariadb
    ssl is not supported by the server
    ssl not available
    server refused tls connection
    server refused ssl
    rejected ssl upgrade
    handshake_no_ssl_support
    ssl connection is required
    ssl connection required
    secure connection is required
    connection is insecure
    connections using insecure transport are prohibited
    require_secure_transport
    requires ssl connection
    cannot connect to mysql using ssl
    connection requires a valid client certificate
    client certificate is required
    root certificate file "… does not exist
    could not open ssl root certificate
    could not read root certificate
    could not read ssl root certificate
    could not load ssl
    could not load root certificate
    could not load private key
    could not load server certificate
    could not read certificate file
    could not load system truststore
    validation of ssl server certificate failed
    client sent an ssl request but
    weak sslmode
    direct tls
    direct ssl
    ssl error: certificate
  `,
  means('tls-failure', { also: ['connection-refused'] })`
    private key file "… has group or world access
    private key file "… must be owned by
  `,
  means('tls-failure', { also: ['auth-failure'], weight: WEIGHT.reason + 5 })`
    no pg_hba.conf entry … no encryption
    no pg_hba.conf entry … ssl off
  `,
  means('tls-failure', { also: ['stale-connection'], weight: WEIGHT.tls + 1 })`
    connection to server … failed: ssl syscall error
  `,
  means('stale-connection', { also: ['tls-failure'], weight: WEIGHT.tls })`
    ssl syscall error
  `,
  // A session that broke, mostly since a process was forked with it; the handshake had worked.
  means('stale-connection', {
    also: ['tls-failure'],
    weight: WEIGHT.tls + 1,
    needs: 'not-foreign',
  })`
    decryption failed or bad record mac
    decryption_failed_or_bad_record_mac
    ssl connection has been closed unexpectedly
  `,
  means('tls-failure', { weight: WEIGHT.code })`when ssl support is not compiled in`,
  means('tls-failure', { also: ['stale-connection'] })`could not accept ssl connection`,
  means('tls-failure', { also: ['auth-failure', 'connection-timeout', 'stale-connection'] })`
    closed normally without authentication
  `,
];
