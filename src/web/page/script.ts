import { createHash } from 'node:crypto';

/**
 * The script of the pages. Nothing needs it: without it every form posts and every page is complete.
 * It replaces the content of regions by what the server renders, never a whole page.
 */
export const SCRIPT = withoutComments(`'use strict';
(() => {
const $ = (s, from = document) => from.querySelector(s);
const all = (s, from = document) => [...from.querySelectorAll(s)];
const main = $('main');
const say = (text) => { if (text) $('#announce').textContent = text; };

// The larger of two clocks counts: one can be set back, the other can stand still in a suspended laptop.
const began = new WeakMap();
const span = (s) => s < 60 ? s + ' s' : s < 3600 ? Math.floor(s / 60) + ' min'
  : Math.floor(s / 3600) + ' h ' + Math.floor(s % 3600 / 60) + ' min';
const count = () => {
  for (const at of all('[data-age]')) {
    if (!began.has(at)) began.set(at, [performance.now(), Date.now()]);
    const [now, wall] = began.get(at);
    const passed = Math.max(performance.now() - now, Date.now() - wall) / 1000;
    const seconds = Math.floor(+at.dataset.age + passed);
    at.textContent = span(seconds) + (at.dataset.ago === undefined ? '' : ' ago');
    const stale = $('#stale');
    if (!at.dataset.fresh || !stale || seconds <= +at.dataset.fresh || stale.dataset.s === 'wait') continue;
    stale.dataset.s = 'wait';
    $('#good').textContent = 'too old';
    say('The rows are too old now. If you confirm, they are read again and you are asked once more.');
  }
};
count();
setInterval(count, 1000);

// The confirm button stays focusable and says why it does nothing yet.
let held = 0;
const phrase = () => $('#phrase');
const fits = () => !phrase() || phrase().value.trim() === phrase().dataset.phrase;
const isLost = () => $('#lost') && !$('#lost').hidden;
const arm = () => {
  $('#confirm')?.setAttribute('aria-disabled', String(held !== 0 || isLost() || !fits()));
};
const wrong = (is) => {
  $('#phrase-error').hidden = !is;
  $('#phrase-hint').hidden = is;
  phrase().setAttribute('aria-invalid', String(is));
};
addEventListener('input', (event) => {
  if (event.target !== phrase()) return;
  wrong(false);
  arm();
});
// What was pressed on other content does not count.
const hold = () => {
  clearTimeout(held);
  held = setTimeout(() => { held = 0; arm(); }, 500);
  arm();
};
hold();
if (innerWidth < 640 && $('#found')) $('#found').open = false;

const lost = (is) => {
  const sign = $('#lost');
  if (!sign || sign.hidden !== is) return;
  sign.hidden = !is;
  say(is ? 'Not connected. What you see may be old.' : 'Connected again.');
  arm();
};

const typed = (region) => all('input:not([type=hidden]),textarea', region)
  .some((field) => field.type === 'radio' ? field.checked : field.value !== field.defaultValue);
const put = (now, then) => {
  // Between two questions there is none, and the focus is on main.
  const at = document.activeElement;
  const focused = now.contains(at) || at === main && now.id === 'asked';
  // A refusal outlives its form, which another's answer may take away.
  $('#refusal')?.append(...all('.told.no', now));
  for (const fold of all('details[id]', then)) fold.open = document.getElementById(fold.id)?.open ?? fold.open;
  now.replaceWith(then);
  if ($('#confirm', then)) hold();
  if (!focused) return;
  const to = $('h2,summary', then) || main;
  if (to.tabIndex < 0) to.tabIndex = -1;
  to.focus();
};
const extend = (now, then) => {
  for (const item of [...then.children]) {
    const old = document.getElementById(item.id);
    if (!old) now.append(item);
    else if (old.dataset.seq !== item.dataset.seq) {
      const fold = $('details', item);
      if (fold) fold.open = $('details', old)?.open === true;
      put(old, item);
    }
  }
};
// After an answer, what runs by it is looked at, and then the next question.
let left;
const follow = () => {
  const at = $('#asked'), to = at && left !== undefined && left !== at.dataset.seq && $('h2', at.firstElementChild ? at : $('#live'));
  if (!to) return;
  if (at.firstElementChild) left = undefined;
  to.tabIndex = -1;
  to.focus({ preventScroll: true });
  to.scrollIntoView();
};
const swap = (page) => {
  const news = [];
  document.title = page.title;
  for (const now of all('[data-region]')) {
    const then = now.isConnected && page.getElementById(now.id);
    if (!then) continue;
    const { seq, say: told } = then.dataset;
    if (told && told !== now.dataset.say) news.push(told);
    if (now.dataset.region === 'list') extend(now, then);
    else if (seq === undefined ? !now.contains(document.activeElement) && !typed(now) && now.innerHTML !== then.innerHTML
      : seq !== now.dataset.seq) put(now, then);
  }
  say(news.join(' '));
  count();
  follow();
};
let busy = false, again = false;
const refresh = async () => {
  again = busy;
  if (busy) return;
  busy = true;
  try {
    const reply = await fetch(location.href);
    if (reply.redirected) return location.reload();
    if (reply.ok) swap(new DOMParser().parseFromString(await reply.text(), 'text/html'));
  } catch { lost(true); }
  setTimeout(() => { busy = false; if (again) refresh(); }, 300);
};

addEventListener('submit', async (event) => {
  const form = event.target, by = event.submitter;
  if (form.method !== 'post' || form.dataset.plain !== undefined) return;
  event.preventDefault();
  if (by?.id === 'confirm' && (held || isLost()))
    return say(held ? 'The gate has just changed. Read it, then confirm.' : 'Not connected: nothing was sent.');
  if (by?.id === 'confirm' && !fits()) { wrong(true); return phrase().focus(); }
  if (form.dataset.busy) return;
  form.dataset.busy = 'yes';
  const told = $('.told', form), tell = (text) => { told.textContent = text; };
  tell('Sent, waiting for the worker.');
  try {
    const reply = await fetch(form.action, { method: 'POST',
      headers: { accept: 'application/json' }, body: new URLSearchParams(new FormData(form, by)) });
    if (reply.status === 401) return location.reload();
    const { accepted, message, error } = await reply.json();
    tell(error ? error.message : message);
    told.classList.toggle('no', !!error);
    if (accepted) { left = $('#asked')?.dataset.seq; form.reset(); arm(); form.closest('details.tool')?.removeAttribute('open'); }
  } catch { tell('Not connected: it is not known whether it arrived.'); }
  finally { delete form.dataset.busy; }
  refresh();
});

addEventListener('keydown', (event) => {
  const tool = event.key === 'Escape' && event.target.closest('details.tool[open]');
  if (!tool) return;
  tool.open = false;
  $('summary', tool).focus();
});
addEventListener('beforeprint', () => { for (const fold of all('details:not(.tool)')) fold.open = true; });

const { run, after, over, queued } = main.dataset;
if (run && over === undefined) {
  let stream, last = after;
  const listen = () => {
    stream?.close();
    // A browser has six connections to a server: pages in the background leave theirs to the others.
    if (document.hidden) return;
    const on = (name, act) => stream.addEventListener(name, act);
    stream = new EventSource('/api/runs/' + run + '/stream?after=' + last);
    stream.onopen = () => lost(false);
    stream.onerror = () => lost(true);
    on('line', ({ lastEventId }) => {
      last = lastEventId;
      queued === undefined ? refresh() : location.reload();
    });
    on('trouble', refresh);
    on('end', () => { stream.close(); refresh(); });
    on('live', ({ data }) => {
      const { step, lines } = JSON.parse(data);
      const shown = $('#live pre');
      if (shown?.dataset.step !== step) return;
      shown.hidden = false;
      shown.firstChild.textContent = lines.join('\\n');
    });
  };
  listen();
  document.addEventListener('visibilitychange', () => { listen(); refresh(); });
  // The title of a tab still says what it waits for.
  setInterval(() => { if (document.hidden) refresh(); }, 15000);
}
if (main.dataset.list !== undefined) setInterval(() => { if (!document.hidden) refresh(); }, 3000);
})();
`);

function withoutComments(script: string): string {
  return script.replaceAll(/^\s+|^\s*\/\/.*\n/gm, '');
}

const version = createHash('sha256').update(SCRIPT).digest('hex').slice(0, 12);

/** The path of the script; it changes with the script. */
export const SCRIPT_PATH = `/assets/${version}.js`;
