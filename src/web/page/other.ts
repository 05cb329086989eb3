import { formatDuration } from '#text/duration.ts';
import type { Permission, Person, Rights } from '../access.ts';
import type { ChannelTrouble, ServedWorker } from '../served-team.ts';
import { type Frame, page } from './frame.ts';
import { exact, type Markup, markup } from './markup.ts';

/** Returns the page on which somebody signs in with a token. */
export function signInPage(
  { nonce }: Pick<Frame, 'nonce'>,
  { next, isRefused }: { readonly next: string; readonly isRefused: boolean },
): string {
  return page({
    title: 'Sign in',
    nonce,
    main: markup`<div class="narrow"><h1>Sign in</h1>
<form method="post" action="/auth/login" class="card" data-plain>
<input type="hidden" name="next" value="${exact(next)}">
<p class="field"><label for="token">Token</label>
<input type="password" id="token" name="token" required autocomplete="current-password" aria-describedby="token-hint"${isRefused && markup` aria-invalid="true"`}>
${isRefused && markup`<span class="error" role="alert">The token is unknown, has expired, or does not allow signing in.</span>`}
<span id="token-hint" class="hint">An administrator of the server gives it to you. Only its digest is stored.</span></p>
<p class="acts"><button type="submit" class="first">Sign in</button></p>
</form></div>`,
  });
}

/** The channels that took no message, and the workers that are there. */
type TeamState = {
  readonly troubles: readonly ChannelTrouble[];
  readonly workers: readonly ServedWorker[];
};

/** Returns the page about the person who is signed in, and about the state of the team. */
export function settingsPage(
  { nonce, person }: { readonly nonce: string; readonly person: Person },
  rights: readonly (readonly [environment: string, rights: Rights])[],
  { troubles, workers }: TeamState,
): string {
  const rows = rights.map(
    ([environment, { operate, confirm }]) =>
      markup`<tr><th scope="row">${environment}</th><td data-l="Operate">${allowed(operate)}</td><td data-l="Change">${allowed(confirm.change)}</td><td data-l="Destructive">${allowed(confirm.destructive)}</td></tr>`,
  );
  const table = markup`<table class="stack"><thead><tr><th scope="col">Environment</th><th scope="col">Operate</th><th scope="col">Confirm changes</th><th scope="col">Confirm destructive actions</th></tr></thead><tbody>${rows}</tbody></table>`;
  return page({
    ...{ title: 'Settings', nonce, person, current: 'settings' },
    main: markup`<div class="head"><h1>Settings</h1></div>
<section aria-labelledby="h-may"><h2 id="h-may">What you may do</h2>
${rows.length === 0 ? markup`<p class="faint">No environment has runs that you may see.</p>` : table}</section>
${troubles.length > 0 && channelsMarkup(troubles)}
${workersMarkup(workers)}
<section aria-labelledby="h-you"><h2 id="h-you">You</h2>
<p>Signed in as <b>${person.name}</b>.</p>
<form method="post" action="/auth/logout" data-plain><button type="submit">Sign out</button></form></section>`,
  });
}

function channelsMarkup(troubles: readonly ChannelTrouble[]): Markup {
  const rows = troubles.map(
    ({ channel, waiting, failed, error }) =>
      markup`<tr><th scope="row">${channel}</th><td data-l="Tried again">${waiting}</td><td data-l="Given up">${failed}</td><td data-l="Why">${error}</td></tr>`,
  );
  return markup`<section aria-labelledby="h-channels"><h2 id="h-channels">Channels that took no message</h2>
<table class="stack"><thead><tr><th scope="col">Channel</th><th scope="col">Tried again</th><th scope="col">Given up</th><th scope="col">Why</th></tr></thead><tbody>${rows}</tbody></table></section>`;
}

function workersMarkup(workers: readonly ServedWorker[]): Markup {
  const rows = workers.map(
    ({ id, labels, state, beatMs, held, places, program }) =>
      markup`<tr><th scope="row">${id}</th><td data-l="Labels">${labels.join(', ')}</td><td data-l="State">${state}, seen ${formatDuration(beatMs)} ago</td><td data-l="Runs">${held} held, at most ${places} at work</td><td data-l="Program">${program}</td></tr>`,
  );
  const table = markup`<table class="stack"><thead><tr><th scope="col">Worker</th><th scope="col">Labels</th><th scope="col">State</th><th scope="col">Runs</th><th scope="col">Program</th></tr></thead><tbody>${rows}</tbody></table>`;
  return markup`<section aria-labelledby="h-workers"><h2 id="h-workers">Workers</h2>
${rows.length === 0 ? markup`<p class="note" data-s="fail">No worker is there: no run can begin or go on.</p>` : table}</section>`;
}

function allowed(permission: Permission): Markup {
  return permission.may ? markup`Yes` : markup`No. ${permission.because}`;
}
