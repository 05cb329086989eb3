import { globSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readCases } from '#rehearsal/cases/read.ts';
import { literalsOf } from '#runbook/checks/literal-secrets.ts';
import { checkLibrary } from '#runbook/expand/check-library.ts';
import { parseRunbook } from '#runbook/parse.ts';
import { withPart } from '#runbook/yaml/source.ts';
import { parsed } from '../fixtures/compiled.ts';
import { processorMs } from '../support/processor-time.ts';

const HEAD = 'name: look\ntitle: Look\nsummary: It looks.\n';
const SHOP = `postgres://app:hunter22${'@'}db/shop`;
const KEY = [
  '-----BEGIN OPENSSH PRIVATE KEY-----',
  'b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQ',
  'AAAAtzc2gtZWQyNTUxOQAAACBhY2Nlc3MtdG8tc2hvcA',
  '-----END OPENSSH PRIVATE KEY-----',
];

/** The texts at the places of the secrets in a document. */
function found(text: string): readonly string[] {
  const source = { file: 'look.yaml', text };
  return literalsOf(source).map(({ span }) => text.slice(span.start, span.end));
}

const script = (text: string): string =>
  `steps:\n  - shell: |\n${text.replaceAll(/^/gm, '      ')}\n`;

describe('a secret in a script', () => {
  test.each([
    [`psql "${SHOP}" -c "SELECT 1"`, 'hunter22'],
    ['PGPASSWORD=hunter2 psql -h db', 'hunter2'],
    ['export MYSQL_PWD="hunter2"', 'hunter2'],
    ['docker run -e DB_PASS=hunter2 shop', 'hunter2'],
    ['mysql -h db1 -u app -phunter2 shop', 'hunter2'],
    ["mysqldump -u app -p'hunter2' shop", 'hunter2'],
    ['sshpass -p hunter2 ssh app@web1 uptime', 'hunter2'],
    ['redis-cli -h cache -a hunter2 info', 'hunter2'],
    ['curl -fsS -u app:hunter2 https://shop/health', 'hunter2'],
    ['restart-queue --password hunter2 --now', 'hunter2'],
    ["PGPASSWORD='Pa$w0rd' psql -h db", 'Pa$w0rd'],
    ['restart-queue --password correcthorse', 'correcthorse'],
    ['restart-queue --password=hunter2', 'hunter2'],
    ['restart-queue --api-key "0123abcd"', '0123abcd'],
    ['curl -H "Authorization: Bearer abc.def-123" https://shop', 'abc.def-123'],
    ['curl -H "X-Api-Key: 9f8e7d6c" https://shop', '9f8e7d6c'],
    [String.raw`curl -d "{\"password\": \"hunter2\"}" https://shop`, 'hunter2'],
    [`curl -d '{"api_token": "hunter2"}' https://shop`, 'hunter2'],
    ['psql "host=db user=app password=hunter2"', 'hunter2'],
    ['kubectl create secret generic db --from-literal=password=hunter2', 'hunter2'],
    ['aws configure set aws_access_key_id AKIAIOSFODNN7EXAMPLE', 'AKIAIOSFODNN7EXAMPLE'],
    ['AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG aws s3 ls', 'wJalrXUtnFEMI/K7MDENG'],
    [`psql -c "ALTER ROLE app PASSWORD 'hunter2'"`, 'hunter2'],
    [`mysql -e "ALTER USER app IDENTIFIED BY 'hunter2'"`, 'hunter2'],
    ['cat <<EOF > app.yaml\nuser: app\npassword: hunter2\nEOF', 'hunter2'],
  ])('is found at its place: %s', (text, secret) => {
    expect(found(script(text))).toEqual([secret]);
  });

  test('is found where it is a private key, whose lines are masked one by one', () => {
    const text = script(KEY.join('\n'));
    const [key] = literalsOf({ file: 'look.yaml', text });
    expect(key?.values).toEqual(KEY.slice(1, 3));
    expect(text.slice(key?.span.start, key?.span.end)).toMatch(/^b3Blb[^-]+hvcA$/);
  });
});

describe('a secret of a runbook', () => {
  test.each([
    ['steps: [{ sql: "ALTER ROLE app PASSWORD \'hunter2\'" }]', ['hunter2']],
    ['steps: [{ sql: "UPDATE account SET password = \'hunter2\'" }]', ['hunter2']],
    ['steps: [{ env: { DB_PASSWORD: "hunter2" } }]', ['hunter2']],
    ['steps: [{ env: { DB_PASSWORD: 123456 } }]', ['123456']],
    ['steps: [{ http: { headers: { Authorization: Bearer abc123 } } }]', ['abc123']],
    ['steps: [{ http: { json: { login: { password: hunter2 } } } }]', ['hunter2']],
    ['steps: [{ manual: "Run PGPASSWORD=hunter2 psql." }]', ['hunter2']],
    [`targets: { db: { database: "${SHOP}" } }`, ['hunter22']],
    ['inputs: { token: { default: abcdef1 } }', ['abcdef1']],
    ['inputs: { relay: { secret: true, default: abcdef } }', ['abcdef']],
    [`steps: [{ shell: "A=${SHOP} B=${SHOP} x" }]`, ['hunter22', 'hunter22']],
    // The password is that of a URL, and nothing else: it is masked in its URL alone.
    [`targets: { db: { database: "postgres://app:x9${'@'}db/shop" } }`, ['x9']],
  ])('is found: %s', (text, secrets) => {
    expect(found(text)).toEqual(secrets);
  });

  test.each([
    `steps: [{ shell: 'PGPASSWORD="$PASSWORD" psql' }]`,
    `steps: [{ shell: 'PGPASSWORD="shop$SUFFIX" psql' }]`,
    `steps: [{ shell: 'PGPASSWORD=$(cat /run/secrets/db) psql' }]`,
    `steps: [{ shell: 'PGPASSWORD=\${{ inputs.password }} psql' }]`,
    `steps: [{ env: { DB_PASSWORD: "\${{ inputs.password }}" } }]`,
    `steps: [{ shell: 'psql "postgres://app:$PW${'@'}db/shop"' }]`,
    `steps: [{ shell: 'psql "postgres://app:\${{ inputs.pw }}${'@'}db/shop"' }]`,
    `steps: [{ shell: 'psql postgres://app:PASSWORD${'@'}db/shop' }]`,
    `steps: [{ shell: 'psql postgres://app:***${'@'}db/shop' }]`,
    `steps: [{ shell: 'psql postgres://db1:5432/shop' }]`,
    'steps: [{ shell: "restart --password <password>" }]',
    'steps: [{ shell: "restart --password ..." }]',
    'steps: [{ shell: "restart --password-file /run/secrets/db" }]',
    'steps: [{ shell: "psql --password production" }]',
    'steps: [{ shell: "mysql -h db -P3306 -u app -p shop" }]',
    'steps: [{ shell: "PASSWORD=/run/secrets/db start" }]',
    `steps: [{ shell: "sed 's/password=.*/password=***/' app.log" }]`,
    `steps: [{ shell: "grep -E 'password=[^ ]+' app.log" }]`,
    `steps: [{ shell: "python3 -c 'connect(password=settings.db_password)'" }]`,
    `steps: [{ shell: "python3 -c 'connect(password=getpass.getpass())'" }]`,
    'steps: [{ shell: "kubectl get secret shop-database -o yaml" }]',
    'steps: [{ shell: "echo password: unchanged" }]',
    'steps: [{ sql: "SELECT rolname, rolpassword IS NULL AS password FROM pg_authid" }]',
    `steps: [{ sql: "SELECT setting FROM pg_settings WHERE name = 'password_encryption'" }]`,
    `steps: [{ sql: "SET password_encryption = 'scram-sha-256'" }]`,
    `steps: [{ sql: "SELECT 'password: ' || kind || ' (old)'" }]`,
    'steps: [{ sql: "ALTER ROLE app PASSWORD ${{ inputs.password }}" }]',
    'steps: [{ manual: "Ask for the new password: restart what has it." }]',
    'steps: [{ why: "With --password psql asks for it; a bearer authentication scheme has none." }]',
    'steps: [{ expect: "result.json.token == \\"abcdef123\\"" }]',
    'steps: [{ ask: { question: Token?, type: secret }, id: token }]',
    'inputs: { password: { secret: true, env: DB_PASSWORD, description: The password } }',
    'inputs: { url: { description: "postgres://user:password${AT}host/database" } }',
    'steps: [{ env: { SECRET: shop-database }, shell: "kubectl get secret $SECRET" }]',
    'steps: [{ shell: "restart --tls-private-key server.pem --set secret=shop-database" }]',
    'steps: [{ sql: "SELECT 1 FROM pages WHERE next_token = \'latest\'" }]',
    'values: { token: steps.login.token }',
    'outputs: { token: steps.login.result.json.token }',
    'symptoms: [password authentication failed for user, "invalid token: expired"]',
  ])('is nothing of this: %s', (text) => {
    expect(found(text.replace('${AT}', '@'))).toEqual([]);
  });

  const shipped = globSync('runbooks/**/*.yaml').filter((file) => !file.includes('.test.'));

  test.each(shipped)('is not in a shipped runbook: %s', (file) => {
    expect(found(readFileSync(file, 'utf8'))).toEqual([]);
  });

  test('is found in time proportional to the text', () => {
    const parts = ['password ', 'mysql x ', 'curl -u a ', '"token": ', 'x://y:', '--secret', 'a'];
    const text = script(parts.map((part) => part.repeat(40_000)).join(' '));
    expect(processorMs(() => found(text))).toBeLessThan(10_000);
  });
});

describe('the warning about a secret', () => {
  const steps = 'steps:\n  - { id: done, finish: { outcome: resolved, summary: Seen. } }\n';
  const codes = (warnings: readonly { code: string; message: string }[] = []) =>
    warnings.filter(({ code }) => code === 'literal-secret').map(({ message }) => message);

  test('names what it is and not the secret, in a runbook and in a library file it uses', () => {
    const library = 'fragments:\n  counted: { text: "count --password hunter2 -h db" }\n';
    const text = withPart(
      `${HEAD}uses: [shop]\nsteps:\n  - { id: look, shell: '@{counted}' }\n  - { id: again, shell: '@{counted}' }\n`,
      'shop',
      library,
    );
    const checked = parseRunbook({ file: 'look.yaml', text });
    const messages = codes(checked.ok ? checked.warnings : []);
    expect(messages).toEqual([expect.stringContaining('(password)')]);
    expect(checked.ok && checked.value.literals).toEqual([
      { name: 'literal.password', value: 'hunter2' },
    ]);
    expect(codes(checkLibrary({ file: 'lib/shop.yaml', text: library }))).toEqual(messages);
  });

  test('is in a test file only for what no one invents: keys and tokens', () => {
    const runbook = parsed(`${HEAD}inputs: { url: { type: url } }\n${steps}`);
    const cases = (url: string) =>
      `inputs: { url: "${url}" }\ncases:\n  - { name: all, expect: { outcome: resolved } }\n`;
    const warned = (url: string) => {
      const read = readCases({ file: 'look.test.yaml', text: cases(url) }, runbook);
      return read.ok ? codes(read.warnings) : read.diagnostics;
    };
    expect(warned(SHOP)).toEqual([]);
    expect(warned(`https://shop/?key=AKIA${'A1B2'.repeat(4)}`)).toHaveLength(1);
  });
});
