const FOREIGN_PORTS = new Set([
  21, 22, 23, 25, 80, 110, 123, 143, 389, 443, 465, 514, 587, 636, 993, 995, 1433, 1521, 1883, 2181,
  2375, 2376, 2379, 2380, 3000, 4222, 4317, 4318, 5000, 5044, 5601, 5671, 5672, 6379, 6380, 6443,
  7474, 7687, 8000, 8001, 8005, 8009, 8080, 8081, 8086, 8088, 8089, 8123, 8125, 8200, 8300, 8443,
  8500, 8529, 8883, 8888, 8983, 9000, 9042, 9090, 9091, 9092, 9093, 9094, 9100, 9200, 9300, 9411,
  9418, 9999, 10250, 11211, 15672, 16379, 26379, 27017, 27018, 27019, 28015, 50000, 50051, 61613,
  61616,
]);
const DATABASE_PORTS = new Set([
  5431, 5432, 5433, 5434, 5435, 5436, 6432, 6543, 3306, 3307, 3308, 3309, 4006, 6033, 33060, 33062,
  26257,
]);

/** Every port that tells a kind. */
export const PORTS: readonly number[] = [...FOREIGN_PORTS, ...DATABASE_PORTS];

/** The address whose digit {@link TARGET} compares. */
export const LOOPBACK = '::1';

const TARGET =
  /(\d{1,3}(?:\.\d{1,3}){3}|\[[\da-f:]+\]|::1|(?<![\w.-])[a-z][a-z\d_-]*(?:\.[a-z\d_-]+)*\.?)"?:"?(\d{2,5})(?!\d|:\d)/g;
/** Every target has it: most records without one are told from the rest cheaply. */
const ADDRESS = /:"?\d\d/;
const NAMED_PORT = /\bport[ =:"]{1,3}(\d{2,5})\b/g;
const SOURCE_FILE =
  /\.(?:[cm]?[jt]sx?|java|kt|kts|scala|go|rb|py|php|rs|exs?|erl|cs|fs|c|cc|cpp|h|hpp|vue|groovy|clj)$/;
const FOREIGN_NAMES =
  /(?<![\w.-])(?:api|www|auth|oauth2?|login|hooks?|cdn|static|assets|registry(?:-\d)?|mail|smtp|s3|sqs|sns|sts|storage|pubsub|vault|consul|etcd|search|queue|mq|broker|cache|gateway|payments?|idp|sso|ldap)\.[a-z\d-]+\.[a-z\d.-]+|\.(?:stripe|github|githubusercontent|googleapis|google|gstatic|slack|twilio|sendgrid|paypal|sentry|datadoghq|newrelic|facebook|twitter|npmjs|docker|openai|anthropic|auth0|okta|segment|mailgun|shopify|cloudflare|hubapi|salesforce|zendesk|intercom|algolia|mixpanel|launchdarkly|pypi|rubygems|maven)\.(?:com|io|org|net|dev|app)\b/;
const DATABASE_NAMES =
  /(?<![\w-])(?:db|database|pg|postgres(?:ql)?|mysql|mariadb|rds|aurora)[\w-]*(?:\.[a-z\d.-]+)?"?:\d{2,5}\b/;

/** Classifies the addresses in a folded text: a database's, another service's, or unknown. */
export function kinOfTargets(text: string): 'database' | 'foreign' | 'unknown' {
  let foreign = FOREIGN_NAMES.test(text);
  let database = DATABASE_NAMES.test(text);
  const targets = ADDRESS.test(text) ? text.matchAll(TARGET) : [];
  for (const [, host = '', port] of targets) {
    if (SOURCE_FILE.test(host)) continue;
    if (DATABASE_PORTS.has(Number(port))) database = true;
    else if (FOREIGN_PORTS.has(Number(port))) foreign = true;
  }
  for (const [, port] of text.matchAll(NAMED_PORT)) {
    if (DATABASE_PORTS.has(Number(port))) database = true;
    else if (FOREIGN_PORTS.has(Number(port))) foreign = true;
  }
  if (database) return 'database';
  return foreign ? 'foreign' : 'unknown';
}

const REPORTED =
  /\be(?:conn|host|net|pipe|timedout|notfound|proto|ai_)|errno|os error|exception|error[:\]()\s]|error"|\w+error\b|\b(?:dial|read|write) (?:tcp|udp)|lookup |getaddrinfo|\bnc: |\bat "?[\w.-]+"? ?\(|[a-z\d\]]"?:\d{2,5}\b|tlsv1|ssl[_:]|x509|tls:|^[^a-z]*connection (?:refused|timed out|reset by peer)\W*$/;

/** Returns whether a folded text reads like the report of a program rather than prose. */
export function looksReported(text: string): boolean {
  return REPORTED.test(text);
}

const ATTEMPTED =
  /\bconnect e[a-z]{4,}|\bdial (?:tcp|udp)|getaddrinfo|\bconnect(?:ing|ion)? to\b|connectexception|\bconnect\(\)|\blookup /;

/** Returns whether a folded text tells that its own program tried to connect. */
export function looksAttempted(text: string): boolean {
  return ATTEMPTED.test(text);
}
