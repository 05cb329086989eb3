import type { Choice } from '#events/wording/choices.ts';
import { type Content, capital, exact, type Markup, markup } from './markup.ts';

/** The place that forms of a run belong to. */
export type FormPlace = {
  readonly run: string;
  /** The number of the question they answer; undefined if there is none. */
  readonly atSeq: number | undefined;
};

/** Returns a form that sends an intent; without the script the page is loaded again. */
export function intentForm({ run, atSeq }: FormPlace, content: Content, id?: string): Markup {
  return markup`<form${id !== undefined && markup` id="${exact(id)}"`} method="post" action="/r/${exact(encodeURIComponent(run))}/intents">
${atSeq !== undefined && markup`<input type="hidden" name="at_seq" value="${atSeq}">`}
${content}
<p class="told small" role="status"></p></form>`;
}

/** Returns the button of a form; its value is the name of what is asked. */
export function sendButton(name: string, label: string, look = ''): Markup {
  return markup`<button type="submit" name="intent" value="${name}"${look !== '' && markup` class="${look}"`}>${label}</button>`;
}

/** Returns a text field of several lines. */
export function textField(
  id: string,
  name: string,
  label: string,
  { required }: { readonly required: boolean },
): Markup {
  return markup`<p class="field"><label for="${id}">${label}</label><textarea id="${id}" name="${name}"${required && markup` required`}></textarea></p>`;
}

/** Returns a fold with a form: what the choice does, what it asks, and its button. */
export function choiceTool(
  place: FormPlace,
  choice: Pick<Choice, 'name' | 'label' | 'says' | 'asks'>,
  more: Content = undefined,
): Markup {
  const { name, label, says, asks } = choice;
  const word = capital(label);
  const look = name === 'abort' ? 'danger' : '';
  const field =
    asks !== undefined &&
    textField(`said-${name}`, 'said', asks.question, { required: asks.required });
  return tool(
    `${word} …`,
    intentForm(place, [
      markup`<p>${capital(says)}.</p>`,
      more,
      field,
      sendButton(name, word, look),
    ]),
  );
}

/** Returns the fold in which somebody writes a note. */
export function noteTool(run: string): Markup {
  const place = { run, atSeq: undefined };
  const field = textField('note', 'said', 'Note, kept in the record', { required: true });
  return tool('Write a note …', intentForm(place, [field, sendButton('note', 'Add the note')]));
}

function tool(title: string, content: Content): Markup {
  return markup`<details class="tool"><summary>${title}</summary>${content}</details>
`;
}
