import type { PlaceView, RunView } from '#events/view/run-view.ts';
import { defaultPort } from '#runbook/model/engines.ts';
import { cutTo, startWithin, widthOf } from '#text/width.ts';

/** A target with its name in the run. */
type Named = readonly [name: string, place: PlaceView];

/** Descriptions of a target, longest first; engine, host and database are always included. */
const FORMS: readonly ((place: PlaceView) => string)[] = [
  ({ description }) => description,
  (place) => databaseText(place, { user: true, port: true }),
  (place) => databaseText(place, { user: false, port: true }),
  (place) => databaseText(place, { user: false, port: false }),
];

/** The description of the local machine, omitted beside other targets. */
const HERE = 'this machine';

/**
 * Returns the targets of the run in increasingly short texts: all of them, then the current one.
 */
export function targetTexts(view: RunView): readonly string[] {
  const places = onePerPlace(placesHere(view), nameAtHand(view));
  const [only] = places;
  if (only === undefined) return [''];
  if (places.length === 1) return FORMS.map((form) => form(only[1]));
  const atHand = places.find(([name]) => name === nameAtHand(view)) ?? only;
  const others = ` +${places.length - 1}`;
  return [
    ...FORMS.map((form) =>
      places.map(([name, place]) => `${plain(name)} ${form(place)}`).join(' · '),
    ),
    ...FORMS.map((form) => `${plain(atHand[0])} ${form(atHand[1])}${others}`),
  ];
}

/**
 * Truncates a target's text in the middle of its longest word, the host, to keep both of its ends.
 */
export function cutHost(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  const host = text.split(/[\s/]/).toSorted((a, b) => b.length - a.length)[0] ?? '';
  const room = widthOf(host) - (widthOf(text) - width) - 1;
  if (room < 4) return cutTo(text, width);
  const start = startWithin(host, Math.ceil(room / 2));
  const end = host.slice(host.length - Math.floor(room / 2));
  return text.replace(host, `${start}…${end}`);
}

/** Returns the targets of the current runbook, databases first. */
function placesHere(view: RunView): readonly Named[] {
  const all = Object.entries(view.places);
  const frame = frameOf(view);
  const here = all.filter(([name]) => frameOfTarget(name) === frame);
  const named = here.length > 0 ? here : all.filter(([name]) => frameOfTarget(name) === '');
  const elsewhere = named.filter(([, { description }]) => description !== HERE);
  const shown = elsewhere.length > 0 ? elsewhere : named;
  const isDatabase = ([, { database }]: Named) => database != null;
  return [...shown.filter(isDatabase), ...shown.filter((one) => !isDatabase(one))];
}

/** Merges several logins to one database, in favor of the current one. */
function onePerPlace(places: readonly Named[], atHand: string | undefined): readonly Named[] {
  const preferred = places.toSorted(([a], [b]) => Number(b === atHand) - Number(a === atHand));
  const kept = new Map(
    preferred
      .toReversed()
      .map((named) => [databaseText(named[1], { user: false, port: true }), named]),
  );
  return places.filter((named) => [...kept.values()].includes(named));
}

/** Returns the path before the last part of the current step's name. */
function frameOf(view: RunView): string {
  const { current = '' } = view;
  return current.slice(0, Math.max(0, current.lastIndexOf('/')));
}

function frameOfTarget(name: string): string {
  return name.slice(0, Math.max(0, name.lastIndexOf('/')));
}

function plain(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}

/** Returns the name of the target of the next or current action. */
function nameAtHand(view: RunView): string | undefined {
  const step = view.steps.find(({ id }) => id === view.current);
  const action = view.gate?.action ?? view.awaited?.action ?? step?.executions.at(-1)?.action;
  return action?.where.split(' · ')[0];
}

function databaseText(
  place: PlaceView,
  say: { readonly user: boolean; readonly port: boolean },
): string {
  const { engine, host, port, database, user, description } = place;
  if (engine == null || host == null || database == null) return description;
  const who = say.user && user != null ? `${user}@` : '';
  const isUsual = port == null || defaultPort(engine) === port;
  const door = say.port && !isUsual ? `:${port}` : '';
  return `${engine} ${who}${host.includes(':') ? `[${host}]` : host}${door}/${database}`;
}
