import type { Template } from '../expression/template.ts';
import type { PartReader } from '../read/part-reader.ts';

/** The names whose values must not be shown, e.g. `inputs.database_url`. */
export type SecretNames = ReadonlySet<string>;

const WHERE = {
  'secret-in-text': {
    message: 'would be shown here',
    hint: 'name a part that may be seen, e.g. targets.db.database',
  },
  'secret-in-argv': {
    message: 'would stand on a command line here',
    hint: 'pass it through env: and write "$NAME"',
  },
} as const;

/** Reports placeholders that would expose a secret. */
export function refuseSecrets(
  template: Template,
  secrets: SecretNames,
  code: keyof typeof WHERE,
  reader: PartReader,
): void {
  for (const { expression } of template.placeholders) {
    const secret = expression.names.find(({ path }) => isSecret(path, secrets));
    if (secret === undefined) continue;
    const { message, hint } = WHERE[code];
    reader.report(code, secret.span, `${secret.path.join('.')} is secret and ${message}`, hint);
  }
}

/** Returns whether a name, a part of it or the mapping that contains it is secret. */
export function isSecret(path: readonly string[], secrets: SecretNames): boolean {
  const name = path.join('.');
  return [...secrets].some(
    (secret) => name === secret || name.startsWith(`${secret}.`) || secret.startsWith(`${name}.`),
  );
}
