import { ACTION_KINDS } from '#runbook/kinds/action-kinds.ts';
import { engineName } from '#runbook/model/engines.ts';
import {
  type HttpBody,
  type HttpContent,
  type HttpFields,
  isTemplate,
} from '#runbook/model/http-request.ts';
import {
  type ActionStep,
  type Body,
  bodyTarget,
  type Confirm,
  type Runbook,
  type Stdin,
} from '#runbook/model/runbook.ts';
import { shownJson } from '#runbook/model/written-json.ts';
import { counted } from '#text/count.ts';
import { formatDuration } from '#text/duration.ts';
import { type Block, inlineCode, prose, text } from './block.ts';
import { place, valuesToPutIn } from './places.ts';
import { probeByHand } from './probe-by-hand.ts';

/** Returns the instructions to carry out an action by hand, with all its guards. */
export function actionBlocks(does: ActionStep, runbook: Runbook): readonly Block[] {
  return [
    text(factsOf(does, runbook)),
    ...vouchedBlocks(does.readBecause),
    ...(does.effect === 'read' ? [] : gateBlocks(does, runbook)),
    ...bodyBlocks(does.body, runbook),
    ...(does.expect === undefined ? [] : [text(`Succeeded if ${inlineCode(does.expect.text)}.`)]),
    ...verifyBlocks(does, runbook),
    ...undoBlocks(does, runbook),
  ];
}

/** Returns a script or statement to run by hand, and the values for its placeholders. */
export function bodyBlocks(body: Body, runbook: Runbook): readonly Block[] {
  const items = valuesToPutIn(body, runbook);
  return [
    ...codeBlocks(body),
    ...(items.length === 0 ? [] : [text('Replace:'), { kind: 'list' as const, items }]),
  ];
}

/** Returns the location where a body runs, as the end of a phrase. */
export function placeOf(body: Body, runbook: Runbook): string {
  const target = bodyTarget(body);
  if (target === undefined) return '';
  const own = ownPlace(body, runbook);
  return own === undefined ? `, on ${inlineCode(target)}` : `, in ${own}`;
}

function codeBlocks(body: Body): readonly Block[] {
  switch (body.kind) {
    case 'probe':
      return [{ kind: 'code', language: 'sh', text: probeByHand(body) }];
    case 'shell':
      return shellBlocks(body);
    case 'http':
      return requestBlocks(body);
    case 'sql':
      return Object.entries(body.texts).flatMap(([engine, template]) => [
        ...(engine === 'any' ? [] : [text(`On ${engineName(engine)}:`)]),
        { kind: 'code' as const, language: 'sql', text: template.text },
      ]);
  }
}

function shellBlocks(body: Extract<Body, { readonly kind: 'shell' }>): readonly Block[] {
  const around = [
    ...(body.cwd === undefined ? [] : [`in the folder ${inlineCode(body.cwd.text)}`]),
    ...Object.entries(body.env).map(
      ([name, { text: value }]) => `with ${inlineCode(`${name}=${value}`)}`,
    ),
    ...(body.okExit.join() === '0' ? [] : [`exit codes ${body.okExit.join(', ')} are successes`]),
    ...(body.interactive ? ['interactive, in the terminal'] : []),
  ];
  return [
    ...(around.length === 0 ? [] : [text(sentence(around.join(', ')))]),
    { kind: 'code', language: 'sh', text: body.script.text },
    ...(body.stdin === undefined
      ? []
      : [
          text('Its standard input:'),
          {
            kind: 'code' as const,
            language: 'json' in body.stdin ? 'json' : '',
            text: stdinText(body.stdin),
          },
        ]),
  ];
}

function stdinText(stdin: Stdin): string {
  return 'json' in stdin ? shownJson(stdin.json) : stdin.text;
}

function ownPlace(body: Body, { inputs }: Runbook): string | undefined {
  const own = body.kind === 'shell' ? body.place : undefined;
  return own && place(own, inputs);
}

function factsOf({ effect, body, retry, timeoutMs, kind }: ActionStep, runbook: Runbook): string {
  const target = bodyTarget(body);
  const own = ownPlace(body, runbook);
  const what = { read: 'Read-only', change: '**CHANGE**', destructive: '**DESTRUCTIVE**' }[effect];
  const kinds = retry === undefined || retry.on.length === 0 ? '' : ` on ${retry.on.join(', ')}`;
  return [
    what,
    ACTION_KINDS[kind].runsOn === 'here'
      ? 'from this machine'
      : own === undefined
        ? `on ${inlineCode(target ?? 'local')}`
        : `in ${own}`,
    `up to ${formatDuration(timeoutMs)}`,
    ...(retry === undefined ? [] : [`up to ${counted(retry.attempts, 'attempt')}${kinds}`]),
  ].join(' · ');
}

function gateBlocks({ preview, confirm }: ActionStep, runbook: Runbook): readonly Block[] {
  const look =
    preview === undefined
      ? []
      : [
          text(
            `**Preview** first. Stop if there are more than ${preview.maxRows} rows. Read them again if they are older than ${formatDuration(preview.freshForMs)}.`,
          ),
          ...(preview.enough === undefined
            ? []
            : [
                text(
                  `**Enough:** the first ${inlineCode(preview.enough.text)} rows. Leave the others.`,
                ),
              ]),
          ...bodyBlocks(preview.body, runbook),
        ];
  return [...look, ...confirmBlocks(confirm)];
}

function confirmBlocks({ level, phrase, warning }: Confirm): readonly Block[] {
  const answer =
    level === 'type'
      ? `\`runbook run\` asks you to type ${phrase === undefined ? "the step's ID" : inlineCode(prose(phrase))}; by hand, review it with somebody.`
      : '`runbook run` asks for a key; by hand, read it twice.';
  return [
    ...(warning === undefined ? [] : [text(`**Warning:** ${prose(warning)}`)]),
    text(`**Gate:** ${answer}`),
  ];
}

function verifyBlocks({ verify }: ActionStep, runbook: Runbook): readonly Block[] {
  if (verify === undefined) return [];
  const { until, withinMs, everyMs, body, readBecause } = verify;
  return [
    text(
      `**Then check** every ${formatDuration(everyMs)}, for up to ${formatDuration(withinMs)}, until ${inlineCode(until.text)}:`,
    ),
    ...bodyBlocks(body, runbook),
    ...vouchedBlocks(readBecause),
  ];
}

/** Returns the author's reason for declaring as a read what cannot be proven to be one. */
export function vouchedBlocks(readBecause: string | undefined): readonly Block[] {
  return readBecause === undefined ? [] : [text(`Declared read-only because: ${readBecause}`)];
}

function undoBlocks({ undo }: ActionStep, runbook: Runbook): readonly Block[] {
  if (undo === undefined) return [];
  if (undo.kind === 'none') return [text(`**Cannot be undone:** ${undo.reason}`)];
  return [
    text(`**Undo** (${undo.effect}${placeOf(undo.body, runbook)}):`),
    ...confirmBlocks(undo.confirm),
    ...bodyBlocks(undo.body, runbook),
  ];
}

function sentence(words: string): string {
  return `${words.replace(/^./, (letter) => letter.toUpperCase())}:`;
}

/** Returns a request to make by hand, as it is sent. */
function requestBlocks(body: HttpBody): readonly Block[] {
  const { method, url, headers, query, content, okStatus } = body;
  const lines = [
    `${method} ${url.text}${queryText(query, url.text)}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value.text}`),
    ...(content === undefined ? [] : ['', contentText(content)]),
  ];
  const expected =
    okStatus.length === 0 ? [] : [text(`Statuses ${okStatus.join(', ')} are successes.`)];
  return [{ kind: 'code', language: 'http', text: lines.join('\n') }, ...expected];
}

function queryText(query: HttpFields, url: string): string {
  const fields = fieldsText(query);
  return fields === '' ? '' : `${url.includes('?') ? '&' : '?'}${fields}`;
}

function fieldsText(fields: HttpFields): string {
  return Object.entries(fields)
    .map(([name, value]) => `${name}=${isTemplate(value) ? value.text : String(value)}`)
    .join('&');
}

function contentText(content: HttpContent): string {
  switch (content.kind) {
    case 'json':
      return shownJson(content.json);
    case 'form':
      return fieldsText(content.fields);
    case 'text':
      return content.text.text;
  }
}
