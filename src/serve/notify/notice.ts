import type { RecordedEvent } from '#events/log/event.ts';
import { askedText } from '#events/telling/question.ts';
import { foldEvent } from '#events/view/fold.ts';
import type { RunView } from '#events/view/run-view.ts';
import { alertLine } from '#events/wording/alert-text.ts';
import { answeredBy } from '#events/wording/answered-by.ts';
import { titleOf } from '#events/wording/phrases.ts';
import type { GatedEffect } from '#team/policy/permission.ts';
import { harmlessLine } from '#text/harmless.ts';

/** The occasions of messages: a gate, another question, an unknown outcome, and the end of a run. */
export const NOTICE_KINDS = ['gate', 'question', 'unknown', 'finished'] as const;

/** An occasion of a message. */
export type NoticeKind = (typeof NOTICE_KINDS)[number];

/** The type of a message, as a webhook tells it. */
export type NoticeType = 'gate.opened' | 'run.waiting' | 'run.answered' | 'run.finished' | 'test';

/**
 * A message to people: what waits, where, and the way there. It holds no rows, commands or outputs, and
 * nothing that the record of the run does not show.
 */
export type Notice = {
  /** The same for every attempt to deliver it. */
  readonly id: string;
  readonly type: NoticeType;
  readonly severity: string;
  /** In one line: the environment, and what there is to do. */
  readonly headline: string;
  /** The details, a line each. */
  readonly lines: readonly string[];
  /** The page of the run. */
  readonly link: string;
  readonly run?:
    | { readonly id: string; readonly runbook: string; readonly environment: string }
    | undefined;
};

/** The parts that a message is made of. */
export type NoticeParts = {
  readonly id: string;
  readonly view: RunView;
  readonly link: string;
  /** Returns the roles that confirm an effect in an environment. */
  readonly confirming: (effect: GatedEffect, environment: string) => readonly string[];
};

/** Returns the message that a run waits with a question, or that it has finished. */
export function noticeOf(kind: NoticeKind, parts: NoticeParts): Notice {
  const { view } = parts;
  const { awaited, gate, environment = '', findings, summary } = view;
  const found = findings.at(-1)?.text;
  if (kind === 'finished')
    return notice('run.finished', `${environment}: ${view.outcome ?? 'finished'}`, parts, [
      summary ?? found,
    ]);
  const step = awaited && `“${titleOf(view, awaited.step)}”`;
  if (kind === 'gate') {
    const effect = gate?.effect === 'destructive' ? 'destructive' : 'change';
    const what = effect === 'change' ? 'a change' : 'a destructive action';
    const roles = parts.confirming(effect, environment).join(' or ');
    return notice('gate.opened', `${environment}: ${what} waits for a confirmation`, parts, [
      found,
      step && `Waits: ${step}, for the role ${roles}.`,
    ]);
  }
  const what =
    kind === 'unknown' ? 'it is not known whether a change was made' : 'a run waits for an answer';
  return notice('run.waiting', `${environment}: ${what}`, parts, [
    found,
    step && awaited && `Waits: ${step}. ${askedText(awaited)}`,
  ]);
}

/** Returns the message that nobody has to do anything any more, with who did what. */
export function answeredNotice(said: string | undefined, parts: NoticeParts): Notice {
  const { environment = '', status, outcome } = parts.view;
  const ended = status === 'finished' ? `the run has ended: ${outcome}` : 'it is answered';
  return notice('run.answered', `${environment}: ${said ?? ended}`, parts, [
    'It needs no answer any more.',
  ]);
}

/** Returns a message that tries a channel. */
export function testNotice(link: string): Notice {
  return {
    ...{ id: 'test', type: 'test', severity: 'low', link },
    headline: 'This is a test of runbook',
    lines: ['Messages about runs arrive here. Nothing waits for you.'],
  };
}

function notice(
  type: NoticeType,
  headline: string,
  { id, view, link }: NoticeParts,
  lines: readonly (string | undefined)[],
): Notice {
  const { runbook, alerts, environment = '' } = view;
  const alert = alerts?.[0] && alertLine(alerts[0]);
  return {
    ...{ id, type, link, headline: harmlessLine(headline), severity: runbook.severity },
    lines: [runbook.title, alert, ...lines].flatMap((line) => (line ? [harmlessLine(line)] : [])),
    run: { id: view.runId, runbook: runbook.name, environment },
  };
}

/** Returns the view after all events, and who answered the question that waits since a moment, and how. */
export function answerTo(
  question: string,
  records: readonly RecordedEvent[],
): { readonly view: RunView | undefined; readonly said: string | undefined } {
  let view: RunView | undefined;
  let said: string | undefined;
  for (const record of records) {
    if (view?.awaited?.since === question) said = answeredBy(record.event) ?? said;
    view = foldEvent(view, record);
  }
  return { view, said };
}
