import { harmless } from '#text/harmless.ts';
import { MASK } from '../masks.ts';

/** Returns the rule by which a secret was masked, from its name. */
export type RuleOf = (name: string) => string;

/** Escapes text for HTML. */
export function html(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}

/** Escapes text for HTML and highlights the masks, each with its rule. */
export function maskedHtml(text: string, ruleOf: RuleOf): string {
  const parts = text.split('\t').map(harmless).join('\t').split(new RegExp(MASK.source));
  return parts.map((part, index) => (index % 2 === 1 ? mask(part, ruleOf) : html(part))).join('');
}

function mask(name: string, ruleOf: RuleOf): string {
  const title = html(`masked: ${ruleOf(name)}`);
  return `<mark title="${title}">‹secret:${html(name)}›</mark>`;
}
