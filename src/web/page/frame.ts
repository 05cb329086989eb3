import type { Person } from '../access.ts';
import { type Content, exact, type Markup, markup } from './markup.ts';
import { SCRIPT_PATH } from './script.ts';
import { STYLE_PATH } from './style.ts';

/** The parts of a page. */
export type Frame = {
  readonly title: string;
  readonly nonce: string;
  readonly person?: Person | undefined;
  readonly current?: 'runs' | 'runbooks' | 'alerts' | 'settings';
  /** Links that are shown once they have the focus: to the gate, to the question. */
  readonly skips?: Content;
  /** The part that stays in sight while the page is scrolled. */
  readonly strip?: Content;
  /** Attributes of `main`, for the script. */
  readonly data?: Content;
  readonly main: Content;
  readonly isLive?: boolean;
};

/** Returns a whole page. */
export function page(frame: Frame): string {
  const { title, nonce, person, skips, strip, data, main, isLive = false } = frame;
  return `<!DOCTYPE html>
${
  markup`<html lang="en">
<head>
<meta charset="utf-8">
<title>${title} · runbook</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${STYLE_PATH}" nonce="${nonce}">
<script src="${SCRIPT_PATH}" nonce="${nonce}" defer></script>
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
${skips}
<header class="bar">
<a class="brand" href="/">runbook</a>
${person !== undefined && navigation(frame, person)}
</header>
${strip}
<main id="main" tabindex="-1"${data}>
${main}
</main>
<footer class="foot">
<p>Times are in UTC.${isLive && markup` This page updates by itself. <noscript><strong>Without its script it does not: reload it to see what is new.</strong></noscript>`}</p>
</footer>
<p id="announce" class="sr" role="status"></p>
</body>
</html>
`.html
}`;
}

function navigation({ current }: Frame, { name }: Person): Markup {
  const here = (is: boolean) => is && markup` aria-current="page"`;
  return markup`<nav aria-label="Main"><ul><li><a href="/"${here(current === 'runs')}>Runs</a></li><li><a href="/runbooks"${here(current === 'runbooks')}>Runbooks</a></li><li><a href="/alerts"${here(current === 'alerts')}>Alerts</a></li><li><a href="/settings"${here(current === 'settings')}>Settings</a></li></ul></nav>
<p class="me"><span class="sr">Signed in as </span>${name}</p>`;
}

/** Returns a page that says one thing: an error, or that there is nothing. */
export function messagePage(
  frame: Pick<Frame, 'title' | 'nonce' | 'person'>,
  message: string,
  to: { readonly path: string; readonly name: string } = { path: '/', name: 'All runs' },
): string {
  return page({
    ...frame,
    main: markup`<div class="narrow"><h1>${frame.title}</h1><p>${message}</p><p><a href="${exact(to.path)}">${to.name}</a></p></div>`,
  });
}
