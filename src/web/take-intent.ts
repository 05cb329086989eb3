import type { Intent } from '#events/log/intent.ts';
import type { NewIntent } from '#events/log/news.ts';
import type { RunView } from '#events/view/run-view.ts';
import { GivenAnswers, tooLate } from '#events/wording/answered-by.ts';
import { hasScope } from './caller.ts';
import { type IntentRefusal, refusalOf } from './intents.ts';
import type { RateLimit } from './rate-limit.ts';
import { type SeenRun, senderOf, type WebParts } from './seen-runs.ts';
import type { ServedRecord } from './served-runs.ts';

/** The most intents of a person in a minute. */
export const MOST_INTENTS = 50;

/** The parts that taking an intent needs. */
export type IntentParts = Pick<WebParts, 'runs' | 'audit' | 'now'> & { readonly limit: RateLimit };

/** An intent as it arrived. */
type Arrived = Pick<NewIntent, 'via' | 'atSeq' | 'key'> & { readonly intent: Intent };

/** The reason why an intent was not taken; `retryAfterS` if it may be sent again later. */
type Refused = IntentRefusal | (TooMany & { readonly retryAfterS: number });
type TooMany = { readonly status: 429; readonly code: string; readonly message: string };

/** Stores an intent and resolves with its number, or notes in the audit why it was refused. */
export async function takeIntent(
  { runs, audit, now, limit }: IntentParts,
  seen: SeenRun,
  { intent, via, atSeq, key }: Arrived,
  { view, records }: { readonly view: RunView } & Pick<ServedRecord, 'records'>,
): Promise<{ readonly id: string } | Refused> {
  const { run, caller, rights } = seen;
  const retryAfterS = limit.take(caller.person.id, now());
  if (retryAfterS !== undefined)
    return { ...tooMany(`${MOST_INTENTS} intents in a minute`, retryAfterS), retryAfterS };
  const refusal = hasScope(caller, 'act') ? refusalOf(intent, atSeq, view, rights) : NO_SCOPE;
  if (refusal === undefined)
    return {
      id: await runs.add({
        ...{ ...senderOf(seen), digest: view.gate?.digest },
        ...{ via, intent, atSeq, key },
      }),
    };
  const more = { intent: intent.type, code: refusal.code, by: 'server' };
  await audit.note({ what: 'intent-refused', person: caller.person.id, run: run.id, more });
  return { ...refusal, message: told(refusal, records, atSeq) };
}

/** Who comes second is told what was answered, and by whom. */
function told(
  { code, message }: IntentRefusal,
  records: ServedRecord['records'],
  question: number | undefined,
): string {
  if (code !== 'stale' && code !== 'ended') return message;
  const answers = new GivenAnswers();
  for (const record of records) answers.take(record);
  const said = answers.to(question);
  return said === undefined ? message : tooLate(said);
}

/** Returns the refusal of what came too often. */
export function tooMany(what: string, seconds: number): TooMany {
  const message = `These are more than ${what}. Try again in ${seconds} s.`;
  return { status: 429, code: 'too-many', message };
}

const NO_SCOPE: IntentRefusal = {
  status: 403,
  code: 'scope',
  message: 'the token does not allow to act on runs',
};
