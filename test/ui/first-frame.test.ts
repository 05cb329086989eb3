import { expect, test, vi } from 'vitest';
import { line } from '#ui/draw/line.ts';
import { showWhileLoading } from '#ui/terminal/first-frame.ts';
import { openTerminal } from '../fixtures/terminal.ts';

const FRAME = [line('Connection pool exhausted', { bold: true }), line('Enter start')];

test('a frame is on the alternate screen before Ink is loaded, and Ink draws over it', async () => {
  const { stdin, stdout, screen } = openTerminal();
  let arrive = (_: string): void => undefined;
  const loading = new Promise<string>((resolve) => {
    arrive = resolve;
  });
  const shown = showWhileLoading({ stdin, stdout, lines: FRAME, coloured: true }, () => loading);
  await vi.waitFor(() => expect(screen()).toMatch(/^Connection pool exhausted\s+Enter start/));
  arrive('Ink');
  const { loaded, stdout: output } = await shown;
  expect(loaded).toBe('Ink');
  output.write('\u001b[?1049h');
  output.write('\u001b[?2026h');
  output.write('next');
  output.write('\u001b[?2026l');
  await vi.waitFor(() => expect(screen().trim()).toBe('next'));
});

test('the terminal is restored when Ink cannot be loaded', async () => {
  const { stdin, stdout, screen } = openTerminal();
  stdout.write('$ runbook\r\n');
  await vi.waitFor(() => expect(screen()).toContain('$ runbook'));
  const load = () => Promise.reject(new Error('no memory'));
  const listeners = process.listenerCount('exit');
  await expect(
    showWhileLoading({ stdin, stdout, lines: FRAME, coloured: false }, load),
  ).rejects.toThrow('no memory');
  await vi.waitFor(() => expect(screen().trim()).toBe('$ runbook'));
  expect(process.listenerCount('exit')).toBe(listeners);
});
