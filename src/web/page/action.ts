import type { ShownAction } from '#events/log/event.ts';
import { actionText, standardInput, surroundingsOf } from '#events/wording/action-surroundings.ts';
import { type Markup, markup } from './markup.ts';

/** Returns an action in full: its text, its values and settings, and its standard input. */
export function actionMarkup(
  action: ShownAction,
  title: string,
  around: readonly string[] = surroundingsOf(action),
): Markup {
  const input = standardInput(action);
  return markup`<h3>${title}</h3>
<pre><code>${actionText(action)}</code></pre>
${around.length > 0 && markup`<ul class="around">${around.map((fact) => markup`<li><code>${fact}</code></li>`)}</ul>`}
${input !== undefined && markup`<h3>${input.title}</h3>`}
${input !== undefined && input.lines.length > 0 && markup`<pre><code>${input.lines.join('\n')}</code></pre>`}`;
}
