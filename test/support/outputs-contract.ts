import { describe, expect, test } from 'vitest';
import { shownOutput } from '#run/outputs/shown.ts';
import { createRun, type StoreUnderTest } from './stores.ts';

const NAME = 'look.1.action.1.stdout';

/** The contract of outputs, which every storage keeps. */
export function testOutputs([where, newStore]: StoreUnderTest): void {
  describe(`outputs kept in ${where}`, () => {
    const outputs = async () => (await createRun(newStore())).outputs;

    test('are read as they were written, also before they end', async () => {
      const { sink, source } = await outputs();
      const writer = sink.begin(NAME);
      expect(writer.file).toBe(`outputs/${NAME}`);
      expect(writer.write(Buffer.from('one\n'))).toBe(4);
      expect(await source.size(writer.file)).toBe(4);
      expect(writer.write(Buffer.from('two\n'))).toBe(4);
      await writer.durable();
      writer.close();
      expect(await source.size(writer.file)).toBe(8);
      expect((await source.read(writer.file, 2, 4)).toString()).toBe('e\ntw');
      expect(await shownOutput(source, writer.file, { isGrowing: false })).toBe('one\ntwo\n');
    });

    test('of the same name get numbers, and the earlier one stays', async () => {
      const { sink, source } = await outputs();
      for (const text of ['first', 'second']) {
        const writer = sink.begin(NAME);
        writer.write(Buffer.from(text));
        writer.close();
      }
      expect((await source.read(`outputs/${NAME}`, 0, 100)).toString()).toBe('first');
      expect((await source.read(`outputs/${NAME}.2`, 0, 100)).toString()).toBe('second');
    });

    test('that are not there, or are no outputs, are not read', async () => {
      const { source } = await outputs();
      expect(await source.size('outputs/nothing')).toBeUndefined();
      await expect(source.read('outputs/nothing', 0, 1)).rejects.toThrow('is not there');
      for (const file of ['runbook.yaml', 'outputs/../runbook.yaml', '/etc/hostname']) {
        expect(await source.size(file)).toBeUndefined();
        await expect(source.read(file, 0, 1)).rejects.toThrow();
      }
    });

    test('say where a person finds the whole of them', async () => {
      const { source } = await outputs();
      expect(source.whereIs(`outputs/${NAME}`)).toContain(NAME);
    });
  });
}
