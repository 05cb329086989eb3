import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { inflateSync } from 'node:zlib';

const NAMES = ['chromium-headless-shell', 'chromium', 'google-chrome'];

/** What a page looks like to: how wide it is, and which colours its reader prefers. */
export type Looks = {
  readonly width: number;
  readonly scheme?: 'light' | 'dark';
  readonly media?: 'screen' | 'print';
};

/** A page in a real browser. */
export type Page = {
  /** Returns what an expression gives in the page, which may be a promise of it. */
  evaluate<T>(expression: string): Promise<T>;
  look(looks: Looks): Promise<void>;
  /** Returns a picture of what is seen of the page, or of the whole of it: a PNG. */
  picture(options?: { readonly whole?: boolean }): Promise<Buffer>;
  /** Returns the page as it is printed, a PDF. */
  print(): Promise<Buffer>;
  /** The addresses the page asked for, its own left out, and what its policy kept it from. */
  readonly asked: readonly string[];
  /** What the console of the page says. */
  readonly said: readonly string[];
};

/** Returns the browser of this machine, or `undefined`. */
export function browserHere(): string | undefined {
  return NAMES.find((name) => {
    try {
      execFileSync('sh', ['-c', 'command -v "$1"', 'sh', name], { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  });
}

/** Returns how many different bytes the pixels of a PNG are made of: few when it is of one colour. */
export function shadesIn(png: Buffer): number {
  const pieces: Buffer[] = [];
  for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at)) {
    const data = png.subarray(at + 8, at + 8 + png.readUInt32BE(at));
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT') pieces.push(data);
  }
  return new Set(inflateSync(Buffer.concat(pieces))).size;
}

type Message = {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly message: string };
};

/** A headless Chromium that is spoken to through a pipe. */
export class Browser {
  readonly #child;
  readonly #profile = mkdtempSync(join(tmpdir(), 'runbook-test-'));
  readonly #out: Writable;
  readonly #waiting = new Map<number, PromiseWithResolvers<Readonly<Record<string, unknown>>>>();
  readonly #listeners: ((message: Message) => void)[] = [];
  #last = 0;

  constructor(program: string) {
    const quiet = [
      'background-networking',
      'component-update',
      'sync',
      'gpu',
      'quic',
      'extensions',
    ];
    this.#child = spawn(
      program,
      [
        ...['--headless', '--no-sandbox', '--no-first-run', '--remote-debugging-pipe'],
        ...quiet.map((what) => `--disable-${what}`),
        `--user-data-dir=${this.#profile}`,
      ],
      { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] },
    );
    this.#out = this.#child.stdio[3] as Writable;
    this.#read(this.#child.stdio[4] as Readable);
  }

  /** Opens a page. With `scripts: false` none of its scripts runs. */
  async open(url: string, { scripts = true } = {}): Promise<Page> {
    const { targetId } = await this.#call('Target.createTarget', { url: 'about:blank' });
    const attached = await this.#call('Target.attachToTarget', { targetId, flatten: true });
    const sessionId = String(attached.sessionId);
    const call = (method: string, params: object = {}) => this.#call(method, params, sessionId);
    const asked: string[] = [];
    const said: string[] = [];
    const loaded = Promise.withResolvers<void>();
    this.#listeners.push(({ method, params = {} }) => {
      if (method === 'Page.loadEventFired') loaded.resolve();
      if (method === 'Log.entryAdded') said.push(JSON.stringify(params.entry));
      if (method === 'Network.requestWillBeSent') {
        const { url: wanted } = params.request as { readonly url: string };
        if (wanted.split('#')[0] !== url.split('#')[0]) asked.push(wanted);
      }
    });
    for (const domain of ['Page', 'Network', 'Runtime', 'Log']) await call(`${domain}.enable`);
    if (!scripts) await call('Emulation.setScriptExecutionDisabled', { value: true });
    await call('Page.navigate', { url });
    await loaded.promise;
    return {
      asked,
      said,
      evaluate: async <T>(expression: string) => {
        const awaited = { expression, awaitPromise: true, returnByValue: true };
        const { result, exceptionDetails } = await call('Runtime.evaluate', awaited);
        if (exceptionDetails !== undefined) throw new Error(JSON.stringify(exceptionDetails));
        return (result as { readonly value: T }).value;
      },
      look: async ({ width, scheme = 'light', media = 'screen' }) => {
        const size = { width, height: 800, deviceScaleFactor: 1, mobile: false };
        await call('Emulation.setDeviceMetricsOverride', size);
        const features = [{ name: 'prefers-color-scheme', value: scheme }];
        await call('Emulation.setEmulatedMedia', { media, features });
      },
      picture: async ({ whole = false } = {}) => {
        // A page behind another is not painted.
        await call('Page.bringToFront');
        const { data } = await call('Page.captureScreenshot', { captureBeyondViewport: whole });
        return Buffer.from(String(data), 'base64');
      },
      print: async () => {
        const { data } = await call('Page.printToPDF');
        return Buffer.from(String(data), 'base64');
      },
    };
  }

  /** Ends the browser. */
  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    await this.#call('Browser.close', {});
    await ended;
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }

  #call(
    method: string,
    params: object,
    sessionId?: string,
  ): Promise<Readonly<Record<string, unknown>>> {
    this.#last += 1;
    const waiting = Promise.withResolvers<Readonly<Record<string, unknown>>>();
    this.#waiting.set(this.#last, waiting);
    this.#out.write(`${JSON.stringify({ id: this.#last, method, params, sessionId })}\0`);
    return waiting.promise;
  }

  #read(from: Readable): void {
    let rest = '';
    from.setEncoding('utf8').on('data', (chunk: string) => {
      const messages = (rest + chunk).split('\0');
      rest = messages.pop() ?? '';
      for (const message of messages) this.#take(JSON.parse(message) as Message);
    });
  }

  #take(message: Message): void {
    const waiting = this.#waiting.get(message.id ?? 0);
    if (message.error !== undefined) waiting?.reject(new Error(message.error.message));
    else waiting?.resolve(message.result ?? {});
    for (const listener of this.#listeners) listener(message);
  }
}
