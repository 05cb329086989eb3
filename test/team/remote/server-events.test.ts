import { expect, test } from 'vitest';
import { eventsIn, type ServerEvent } from '#team/remote/server-api.ts';
import { draws, fc } from '../../support/properties.ts';

const STREAM = `: \n\nid: 1\nevent: line\ndata: {"a":"ü 🚒"}\n\nevent: live\ndata: one\ndata: two\n\n: \n\nevent: end\ndata: \n\nevent: line\ndata: cut`;
const EVENTS: readonly ServerEvent[] = [
  { event: 'line', data: '{"a":"ü 🚒"}' },
  { event: 'live', data: 'one\ntwo' },
  { event: 'end', data: '' },
];

async function* piecesOf(bytes: Buffer, cuts: readonly number[]) {
  const ends = [...new Set(cuts)].toSorted((a, b) => a - b);
  let start = 0;
  for (const end of [...ends, bytes.length]) {
    yield bytes.subarray(start, end);
    start = end;
  }
}

test('a stream has the same events wherever the network cuts it', async () => {
  const bytes = Buffer.from(STREAM);
  const cut = fc.integer({ min: 0, max: bytes.length });
  await fc.assert(
    fc.asyncProperty(fc.array(cut), async (cuts) => {
      const events: ServerEvent[] = [];
      for await (const event of eventsIn(piecesOf(bytes, cuts))) events.push(event);
      expect(events).toEqual(EVENTS);
    }),
    draws(200),
  );
});
