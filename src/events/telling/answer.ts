import { formatDuration } from '#text/duration.ts';
import type { EventOf } from '../log/event.ts';
import { leavingOutText } from '../wording/row-words.ts';
import { code, type Said, say, strong } from './say.ts';
import type { Told, Tone } from './told.ts';

const TONE: { readonly [A in EventOf<'gate.answered'>['answer']]: Tone } = {
  confirmed: 'good',
  declined: 'warn',
  'left-out': 'dim',
  refresh: 'dim',
  simulated: 'dim',
  refused: 'warn',
};

/** Returns the operator's answer to a gate. */
export function answered(event: EventOf<'gate.answered'>): Told {
  return { said: answerText(event), tone: TONE[event.answer] };
}

/** Describes the operator's answer to a gate; `brief` omits the digest. */
export function answerText(
  answer: EventOf<'gate.answered'>,
  { brief = false }: { readonly brief?: boolean } = {},
): Said {
  const { operator: who, phrase, previewAgeMs, reason } = answer;
  const typed = phrase === undefined ? '' : say`, typed ${code(phrase)}`;
  const age =
    previewAgeMs === undefined ? '' : `, rows read ${formatDuration(previewAgeMs)} before`;
  const why = reason === undefined || reason === '' ? '' : `: ${reason}`;
  switch (answer.answer) {
    case 'confirmed':
      return say`${strong(who, ' confirmed')}${brief ? '' : say` ${code(answer.digest)}`}${typed}${age}`;
    case 'declined':
      return say`${strong(who, ' declined')}${why}`;
    case 'left-out':
      return say`${who} ${leavingOutText({ rows: [], ...answer })}`;
    case 'refresh':
      return say`${who} refreshed the preview`;
    case 'simulated':
      return say`${who} continued the dry run${age}: nothing was run`;
    case 'refused':
      return say`the answer of ${who} was ${strong('refused')}${why}${typed}${age}`;
  }
}
