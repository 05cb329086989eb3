import { words } from '#text/words.ts';
import type { Category } from '../category.ts';

/** The sentences that tell a category. */
export type PlainSentence = {
  readonly category: Category;
  readonly also?: readonly Category[];
  /** For a folded text; `CONNECTION`, `DATABASE`, `FAILS` and `NEAR` stand for {@link PARTS}. */
  readonly says: readonly RegExp[];
};

/** The parts of sentences, by the word that stands for them. */
export const PARTS = {
  FAILS: `(?:unable to|could not|couldn"t|cannot|can not|can"t|failed to|fail to|failed|failure|failing|errors?|not able to|timed[- ]?out|time-?out|problem|trouble)(?: while| when| in| during)?`,
  DATABASE: `(?<![\\w.-])(?:database|db|datastore|data store|data source|datasource|postgres|postgresql|mysql|mariadb)(?![\\w.-]*\\.\\w)`,
  CONNECTION: '(?:connections?|pool|sessions?|slots?)',
  /** Up to five words between a verb and its noun. */
  NEAR: '(?: [\\w"/:@.-]{1,40}){0,5}?',
} as const;

/**
 * Sentences in which applications, drivers and proxies that nobody has listed say what they could
 * not do; the first category that fits decides. They count only in a record that speaks of a
 * database, and only without better evidence.
 */
export const PLAIN_SENTENCES: readonly PlainSentence[] = [
  {
    category: 'connection-leak',
    also: ['pool-exhaustion'],
    says: [
      /\b(?:leak(?:ed|ing|s)?|abandoned|never (?:closed|returned|released)|not (?:closed|returned|released))NEAR CONNECTION\b/,
      /\bCONNECTION\b(?: [\w-]{1,20}){0,4} (?:leak(?:ed|ing|s)?|abandoned|never (?:closed|returned|released))\b/,
      /\bresources? leaked\b/,
    ],
  },
  {
    category: 'too-many-connections',
    also: ['pool-exhaustion'],
    says: [
      /\btoo many (?:\w+ ){0,3}(?:connections|clients|sessions)\b/,
      /\b(?:connections?|clients?|sessions?) (?:limit|quota|maximum|count)\b.{0,40}\b(?:reached|exceed\w*|hit|full)\b/,
      /\b(?:limit|maximum|max|quota)\b.{0,40}\b(?:connections|clients|sessions)\b.{0,60}\b(?:reached|exceed\w*|hit)\b/,
      /\b(?:reached|exceed\w*|hit)\b.{0,40}\b(?:connections?|clients?|sessions?) (?:limit|quota|maximum)\b/,
    ],
  },
  {
    category: 'pool-exhaustion',
    also: ['too-many-connections', 'connection-timeout'],
    says: [
      /\bno (?:free|available|idle|more) connections?\b/,
      /\bpool(?: \w+){0,2} (?:starved|draining)\b/,
      /\bmax(?:imum)? pool size(?: \w+){0,2} (?:reached|exceeded|hit)\b/,
      /\bpool(?: \w+){0,4} (?:is |was |has been |are )?(?:exhausted|full|empty|overloaded|maxed|saturated|depleted|at capacity)\b/,
      /\b(?:exhausted|no (?:free|available|idle|more))\b(?: \w+){0,4} (?:connections?|slots?)\b(?! string)/,
      /\bFAILSNEAR (?:acquir\w*|obtain\w*|borrow\w*|check(?:ing)?[- ]?(?:ing )?out|fetch\w*|get(?:ting)?|wait\w*)NEAR CONNECTION\b.{0,60}\b(?:pool\w*|time-?out|timed?[- ]?out|in time)\b/,
      /\b(?:time-?out|timed[- ]?out)\b.{0,40}\b(?:acquir|obtain|borrow|check|fetch|get|wait)\w*\b.{0,40}\b(?:connections?|pool|slots?)\b/,
      /\bpool\b.{0,60}\b(?:time-?out|timed[- ]?out)\b/,
      /\b\w*pool\w*(?:error|exception)?\W{1,4}time-?out\b/,
      /\b\w*(?:acqui|borrow|checkout)\w*time-?out\w*\b/,
      /\bconnection (?:is )?not available\b.{0,40}\b(?:time-?out|timed|waiting)\b/,
    ],
  },
  {
    category: 'failover-read-only',
    also: ['connection-refused'],
    says: [
      /\bread[- ]only\b/,
      /\bFAILSNEAR (?:find|reach|locate|identify|determine|elect)\w*NEAR (?:primary|master|leader|writer|writable|target_session_attrs|target type)\b/,
      /\bno (?:\w+ )?(?:primary|master|leader|writable|writer)\b/,
      /\b(?:is|became|as|on) (?:a|the|an?other) (?:hot )?(?:standby|replica|secondary|slave)\b.{0,60}\b(?:cannot|not|reject\w*|refus\w*|fail\w*)\b/,
      /\bnot (?:the|a|currently the) (?:primary|master|leader|writer)\b/,
    ],
  },
  {
    category: 'lock-contention',
    also: ['query-timeout'],
    says: [
      /\bdead-?lock(?:ed|s)?\b/,
      /\block(?: \w+){0,2} (?:time-?out|timed[- ]?out)\b/,
      /\bFAILSNEAR (?:acquir\w*|obtain\w*|get(?:ting)?|take|taking)NEAR (?:locks?|lock on)\b/,
      /\bcould not serialize access\b/,
    ],
  },
  {
    category: 'query-timeout',
    also: ['connection-timeout'],
    says: [
      /\bmaximum (?:statement |query )?execution time\b/,
      /\b(?:slow|long[- ]running) (?:query|queries|statements?)\b.{0,40}\b(?:killed|cancel\w*|terminated|aborted)\b/,
      /\b(?:query|statement|queries|statements|command|execution)\b(?: \w+){0,4} (?:time-?out|timed[- ]?out|time limit|cancell?ed|interrupted|took too long)\b/,
      /\b(?:time-?out|timed[- ]?out|cancell?ed|interrupted)\b(?: \w+){0,6} (?:query|statement|queries|statements)\b/,
    ],
  },
  {
    category: 'tls-failure',
    also: ['connection-refused'],
    says: [
      /\b(?:must use|requires?|only accepts) (?:ssl|tls)\b/,
      /\b(?:ssl|tls|certificate|x509|pkix)\b.{0,60}\b(?:fail\w*|errors?|expired|invalid|unsupported|not supported|required|mismatch|untrusted|rejected|refused|unknown|verif\w+)\b/,
      /\b(?:fail\w*|errors?|invalid|unsupported|requires?|insecure|untrusted)\b.{0,40}\b(?:ssl|tls|certificate|x509|pkix|insecure transport)\b/,
    ],
  },
  {
    category: 'dns-failure',
    also: ['connection-refused'],
    says: [
      /\b(?:could not be|cannot be|can"t be|not) resolved\b/,
      /\b(?:cannot|can"t|could not|unable to|failed to) resolve\b/,
      /\b(?:resolv\w+|look(?:ing)?[- ]?up|lookup|translate)\b.{0,40}\b(?:host\w*|names?|address\w*|dns|failed|domain)\b/,
      /\b(?:unknown|no such) host\b/,
      /\bname resolution\b.{0,40}\b(?:fail\w*|errors?)\b/,
      /\bno ip for server\b/,
      /\bhost(?:name)?\b(?: [\w".:-]{1,60}){0,2} (?:not found|could not be found|is unknown|does not exist)\b/,
    ],
  },
  {
    category: 'migration',
    says: [
      /\bno schema has been selected\b/,
      /\bschema version is\b/,
      /\bschema(?: [\w-]{1,20}){0,4} (?:out of date|not up to date|up to date|outdated)\b/,
      /\b(?:can"t|cannot|could not) (?:find|drop)(?: (?:table|column|index|relation|key|constraint))? "/,
      /\bunknown (?:table|column|relation)\b/,
      /\bmigrations?\b.{0,60}\b(?:fail\w*|errors?|pending|dirty|locked|mismatch|aborted|missing)\b/,
      /\b(?:fail\w*|errors?|unable to|could not|cannot)\b.{0,40}\b(?:migrations?|migrate|changelog lock|schema version)\b/,
      /\b(?:column|table|relation|type|function|schema|index|sequence|constraint)(?: [\w".()]{1,60}){1,2} (?:does not exist|doesn"t exist|not found|is missing|already exists)\b/,
    ],
  },
  {
    category: 'auth-failure',
    also: ['config-error'],
    says: [
      /\b(?:no|not have|not has|lacks?|without|insufficient|missing)(?: [\w-]{1,20}){0,3} (?:privileges?|permissions?|grants?)\b/,
      /\bpassword(?: [\w-]{1,20}){0,4} (?:must|doesn"t|does not|has|is) (?:not |been )?(?:be )?(?:empty|have|set|expired|given|old)\b/,
      /\b(?:no|old|empty|without) password\b/,
      /\b(?:scram|sasl|kerberos|gssapi|ldap|pam)[\w-]*\b.{0,40}\b(?:errors?|fail\w*|invalid|denied)\b/,
      /\bcannot log ?in\b/,
      /\b(?:secure[-_]auth|password hash)\b/,
      /\b(?:login|log-?in|logon|authenticat\w+|authoriz\w+|credentials?|passwords?|username)\b(?: [\w"@.%-]{1,40}){0,6} (?:failed|failure|fails|denied|rejected|refused|invalid|incorrect|wrong|expired|not valid|not allowed|mismatch)\b/,
      /\b(?:invalid|incorrect|wrong|bad|rejected|expired|missing|unknown|unsupported)(?: [\w"-]{1,20}){0,3} (?:login|credentials?|password|authentication\w*|username|user name)\b/,
      /\b(?:user|role|login|account|database|tenant)(?: [\w"@.%-]{1,60}){1,2} (?:does not exist|doesn"t exist|not found|is unknown|is locked|is disabled)\b/,
      /\b(?:access|permission) (?:was |is )?denied\b/,
      /\bnot (?:allowed|permitted|authorized) to (?:connect|log in|login|access)\b/,
    ],
  },
  {
    category: 'server-not-ready',
    also: ['connection-refused'],
    says: [
      /\b(?:starting up|still starting|shutting down|is recovering|in recovery|still initializing|warming up|not (?:yet )?(?:ready|initialized|accepting))\b/,
      /\b(?:panic|fatal|error)\b.{0,120}\bno space left on device\b/,
      /\b(?:data directory|data dir|data files?|cluster)\b.{0,80}\b(?:not compatible|incompatible|uninitialized|not initialized|no access|access rights|corrupt\w*)\b/,
      /\bdatabase is uninitialized\b/,
    ],
  },
  {
    category: 'config-error',
    says: [
      /\b(?:not support|unsupported|unknown|determine)(?: [\w-]{1,20}){0,3} (?:dialect|driver|protocol|database type)\b/,
      /\binvalid connection protocol\b/,
      /\bunexpected keyword argument\b/,
      /\bcould(?: not|n"t) be (?:cast|parsed|converted)\b/,
      /\bdid not find expected\b.{0,80}\.ya?ml\b/,
      /_url\W{1,3}(?:notpresent|unset|environment variable)\b/,
      /\b(?:number)?formatexception\b|\bparseerror\b|\burierror\b|\burlerror\b/,
      /\b(?:unknown|invalid|unrecognized|unexpected|unsupported|bad)(?: [\w"-]{1,30}){0,3} (?:option|connection parameter|query parameter|scheme|url escape|ssl_?mode)\b/,
      /\b(?:unknown|invalid|illegal)(?: [\w"-]{1,30}){0,2} (?:value|character)\b.{0,40}\b(?:url|uri|dsn|ssl_?mode|port|authority|connection string)\b/,
      /\b(?:db|database|postgres|pg|mysql|mariadb)_[a-z_]{1,30}\b(?: [\w-]{1,20}){0,3} (?:not set|missing|empty|undefined|not defined)\b/,
      /\b(?:missing|unset|undefined|empty|no)(?: [\w-]{1,20}){0,4} (?:db|database|postgres|pg|mysql|mariadb)_[a-z_]{1,30}\b/,
      /\b(?:host|user|port|name|configuration|config|settings?|dialect|driver)(?: [\w-]{1,20}){0,2} (?:is|are|was|were) (?:not set|missing|empty|not configured|undefined|null|not supported)\b/,
      /\bno "?(?:host|user|datasource|data source|database|dsn)"?\b.{0,40}\b(?:config\w*|specified|given|set|defined)\b/,
      /\b(?:classnotfound\w*|keyerror:|undefined (?:array key|index|variable):? \W{0,2}(?:db|dsn|database|mysql|pg|postgres)|no module named|unknown variable)\b/,
      /\b(?:url|string|host|password|port) must be (?:a|an) \w+/,
      /\b(?:missing|invalid|malformed|unset|unknown|unsupported|bad|wrong|empty|unrecognized)(?: [\w"-]{1,30}){0,3} (?:url|uri|dsn|connection string|connstring|database_url|driver|dialect|connection option|ssl ?mode|port|jdbc url)\b/,
      /\b(?:url|uri|dsn|connection string|database_url|driver|dialect|datasource|data source)\b(?: [\w":-]{1,40}){0,4} (?:is |was |are )?(?:missing|invalid|malformed|not set|unset|not specified|not defined|not configured|empty|required|not found|unknown|not supported)\b/,
      /\bFAILSNEAR (?:pars\w+|load\w*|find)NEAR (?:url|uri|dsn|connection string|driver|dialect|config\w*)\b/,
      /\bdefault addr for network\b/,
    ],
  },
  {
    category: 'wrong-service',
    also: ['stale-connection'],
    says: [
      /\b(?:unexpected|invalid|malformed|bad|unknown)(?: [\w"-]{1,20}){0,2} (?:packet|handshake|greeting|protocol version|startup message|first byte)\b/,
      /\bnot a (?:valid )?(?:postgres\w*|mysql|mariadb)\b/,
    ],
  },
  {
    category: 'stale-connection',
    also: ['server-not-ready', 'connection-timeout'],
    says: [
      /\bconnections?\b(?: [\w-]{1,20}){0,3} (?:invalidated|disconnected)\b/,
      /\b(?:socket|stream) has been (?:ended|closed)\b/,
      /\bcursor already closed\b/,
      /\bcommunication packets?\b/,
      /\b(?:backend|server|peer) (?:has )?closed\b/,
      /\b(?:lost|closed|broken|dropped|terminated|dead|stale|severed)(?: [\w"-]{1,20}){0,2} connections?\b/,
      /\bconnections?\b(?: [\w"/:@.-]{1,40}){0,5} (?:lost|closed|broken|dropped|terminated|died|gone|aborted|severed|interrupted|went away|reset)\b/,
      /\b(?:reading|writing|read|write) (?:from|to) the (?:stream|socket|server|connection)(?: has| was)? (?:failed|closed|aborted)\b/,
      /\b(?:server|database|backend) (?:has )?(?:gone away|went away|disconnected|hung up|closed the connection)\b/,
      /\boffline server during query\b/,
      /\b(?:kill\w*|discard\w*|invalidat\w*|evict\w*|remov\w*|destroy\w*)(?: \w+){0,3} connections?\b/,
    ],
  },
  {
    category: 'connection-timeout',
    also: ['connection-refused', 'pool-exhaustion'],
    says: [
      /\binactivity time-?out\b/,
      /\btime-?out occurred after waiting\b/,
      /\b(?:connect\w*|handshake|login)\b.{0,60}\b(?:time-?out(?:error|exception)?|timed[- ]?out|no response|did not (?:respond|answer))\b/,
      /\b(?:time-?out(?:error|exception)?|timed[- ]?out)\b.{0,60}\b(?:connect\w*|handshake|dial\w*)\b(?!\.py)/,
      /\b(?:network|host|destination) (?:is )?unreachable\b/,
      /\b(?:connect\w*|handshake|login|ping|reach\w*)\b.{0,60}\b(?:deadline exceeded|gave up|took (?:longer|too long))\b/,
    ],
  },
  {
    category: 'connection-refused',
    also: ['connection-timeout', 'dns-failure', 'auth-failure'],
    says: [
      /DATABASE(?: (?:server|host|instance|cluster|node)){0,2} (?:is|was|seems|appears) (?:to be )?not (?:running|up|started)\b/,
      /DATABASE (?:health ?check|check|probe|ping) (?:has )?failed\b/,
      /\b(?:still not|not yet|isn"t) (?:up|running)\b/,
      /\bunable to ping\b/,
      /\bno (?:response|attempt)$/,
      /\bFAILS (?:connect(?:ing)?|reach(?:ing)?|ping(?:ing)?|contact(?:ing)?|talk(?:ing)?)NEAR "?DATABASE/,
      /\bFAILS (?:open\w*|establish\w*|initiali[sz]\w*|creat\w*|obtain\w*|get(?:ting)?|acquir\w*|mak(?:e|ing))NEAR "?DATABASE CONNECTION\b/,
      /\bFAILS (?:open\w*|establish\w*|initiali[sz]\w*|creat\w*|obtain\w*|get(?:ting)?|acquir\w*|mak(?:e|ing))(?: [\w-]{1,20}){0,2}? CONNECTION (?:to|with|from|for)NEAR "?DATABASE/,
      /DATABASE(?: (?:server|host|instance|cluster|connection|node|backend)){0,2}(?: to "?[\w.:/-]{1,60}"?)? (?:is|was|are|seems|appears|has gone) (?:to be )?(?:currently |still )?(?:not available|not reachable|not ready|not responding|not connected|not accessible|unavailable|unreachable|down|offline|refused|lost|dead)\b/,
      /DATABASE connection (?:error|failed|failure|lost|refused|could not)\b/,
      /\bconnection (?:to|with)NEAR "?DATABASE(?: [\w-]{1,20}){0,2} (?:failed|lost|refused|is not|could not|has failed)\b/,
      /\bconnection could not be (?:created|established|made|opened)\b/,
      /\bFAILS(?: [\w"/:@.-]{1,40}){0,6} (?:connect|connecting|connections?)\b/,
      /\bconnect(?:ing|ions?|\(\))?(?: [\w"/:@.,()-]{1,80}){0,8} (?:failed|errors?|failure|refused|unsuccessful)\b/,
      /\b(?:shunning|shunned|unhealthy)\b/,
    ],
  },
];

/** Words that such sentences contain, to skip all other records. */
export const PLAIN_ANCHORS: readonly string[] = [
  ...words(`
    unable cannot couldn"t can"t fail error problem trouble time un down offline refus lost closed broken drop
    terminated dead gone abort limit reached exceed exhaust full empty leak abandon never denied reject invalid
    incorrect wrong expired missing lock wait read-only standby replica secondary starting shutting recover
    space cancel interrupt mismatch incompatible corrupt malformed require shunn kill discard evict must went
    starv drain version password keyerror unexpected expected unknown notpresent formatexception parseerror
    urierror urlerror`),
  'could not ',
  'can not ',
  'not ',
  'no ',
  'too many',
  'bad ',
  'read only',
  'up to date',
];
