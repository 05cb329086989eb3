import type { EventOf } from '#events/log/event.ts';
import { EFFECT_WORD } from '#events/wording/phrases.ts';
import { code, text } from '../markdown/text.ts';
import { type PlainLine, styled, timed, under } from './line.ts';

type Entered = EventOf<'adhoc.entered'>;

/** Returns the entry of an ad-hoc command as lines; its own events show the action. */
export function commandLines(event: Entered, at: string): readonly PlainLine[] {
  return [
    styled(''),
    timed(at, `! ${event.title} by ${event.operator}: ${EFFECT_WORD[event.effect]}`, 'bold'),
    ...under(
      event.because.map((reason) => `not proven read-only: ${reason}`),
      'warn',
    ),
  ];
}

/** Returns the same for a transcript. */
export function commandText({ step, operator, target, effect, because }: Entered): string {
  const why = because.length === 0 ? '' : `, not proven read-only: ${text(because.join('; '))}`;
  return `**${text(operator)} entered an ad-hoc command**, ${code(step)} on ${code(target)} (${text(effect)}${why})`;
}
