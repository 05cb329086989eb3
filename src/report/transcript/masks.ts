import type { EventOf, RecordedEvent } from '#events/log/event.ts';
import { type Block, list } from '#events/telling/block.ts';
import { code, joined, say } from '#events/telling/say.ts';
import { counted } from '#text/count.ts';

/** A secret that was masked in a record. */
export type MaskedSecret = {
  /** The name of its mask, without the brackets. */
  readonly name: string;
  /** The number of times it was masked in the journal. */
  readonly times: number;
  /** The rule by which it counts as secret. */
  readonly rule: string;
};

/** Finds masks; the group `name` is the name of the secret. */
export const MASK = /‹secret:(?<name>[^›"]*)›/g;

/** Returns the masked secrets of a record with their rules, in order of appearance. */
export function maskedSecrets(records: readonly RecordedEvent[]): readonly MaskedSecret[] {
  const places = new Map<string, number>();
  for (const [, name = ''] of JSON.stringify(records).matchAll(MASK)) {
    places.set(name, (places.get(name) ?? 0) + 1);
  }
  const rules = maskRules(records);
  return [...places].map(([name, times]) => ({ name, times, rule: rules(name) }));
}

/** Returns a function from the name of a secret to the rule that masked it. */
export function maskRules(records: readonly RecordedEvent[]): (name: string) => string {
  const [first] = records;
  const started = first?.event.type === 'run.started' ? first.event : undefined;
  return (name) => ruleOf(name, started);
}

function ruleOf(name: string, started: EventOf<'run.started'> | undefined): string {
  if (name === 'url-password') return 'a password in a URL';
  if (name.startsWith('literal.')) return 'a secret in the text of the runbook';
  if (started?.inputs.some((input) => input.secret && input.name === name) === true)
    return 'a secret input';
  if (/^steps\..+\.answer$/.test(name)) return 'the answer to a secret question';
  const step = started?.steps.find(({ id }) => name.startsWith(`${id}.`));
  if (step !== undefined) {
    return step.kind === 'runbook'
      ? 'a secret input of the runbook that this step runs'
      : 'a secret value given to this step';
  }
  return started?.environment === undefined
    ? 'a secret of the run'
    : 'a secret of the environment of the run';
}

/** Returns the paragraph on the masked secrets of a record. */
export function maskedBlocks(records: readonly RecordedEvent[]): readonly Block[] {
  const masked = maskedSecrets(records);
  if (masked.length === 0) return ['Nothing was masked in the journal.'];
  const names = masked.map(({ name, times }) => say`${code(name)} (${counted(times, 'time')})`);
  return [
    say`Masked in the journal: ${joined(names)}.`,
    list(masked.map(({ name, rule }) => say`${code(`‹secret:${name}›`)} stands for ${rule}`)),
  ];
}
