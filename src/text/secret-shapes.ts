/** A rule for texts that are secrets by their form; the group `secret` is the value. */
export type SecretShape = { readonly name: string; readonly pattern: RegExp };

/** The keys and tokens of well-known services. Each pattern takes time linear in the text. */
export const TOKENS: readonly SecretShape[] = [
  { name: 'AWS access key', pattern: /\b(?<secret>(?:AKIA|ASIA)[A-Z0-9]{16})\b/g },
  { name: 'GitHub token', pattern: /\b(?<secret>gh[opsur]_[A-Za-z0-9]{36,251})\b/g },
  { name: 'GitLab token', pattern: /\b(?<secret>glpat-[\w-]{20,64})/g },
  { name: 'Slack token', pattern: /\b(?<secret>xox[abeoprs]-[\w-]{10,250})/g },
  { name: 'Stripe key', pattern: /\b(?<secret>[rs]k_live_[A-Za-z0-9]{16,250})\b/g },
  { name: 'Google API key', pattern: /\b(?<secret>AIza[\w-]{35})/g },
  { name: 'JSON web token', pattern: /\b(?<secret>eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,})/g },
];

/** Words in place of a value that are not values. */
export const NO_VALUE =
  /^(?:true|false|null|none|undefined|required|optional|\*+|x+|<.*|\$.*|%.*|[a-z]+\()$/i;
