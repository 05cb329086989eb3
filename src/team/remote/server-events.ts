/** One event of a stream of a server. */
export type ServerEvent = { readonly event: string; readonly data: string };

/**
 * Yields the events in the bytes of a stream (`text/event-stream`); what follows the last complete one
 * is dropped.
 */
export async function* eventsIn(
  bytes: AsyncIterable<Uint8Array>,
): AsyncGenerator<ServerEvent, void> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const piece of bytes) {
    text += decoder.decode(piece, { stream: true });
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const fields = block.split('\n').map(fieldOf);
      const data = fields.filter(([name]) => name === 'data').map(([, value]) => value);
      const event = fields.find(([name]) => name === 'event')?.[1] ?? '';
      if (event !== '' || data.length > 0) yield { event, data: data.join('\n') };
    }
  }
}

/** A comment, which keeps the connection alive, has no name. */
function fieldOf(line: string): readonly [name: string, value: string] {
  const [, name = '', value = ''] = /^([^:]*):? ?(.*)$/s.exec(line) ?? [];
  return [name, value];
}
