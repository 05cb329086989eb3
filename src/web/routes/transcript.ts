import { HTML_POLICY, transcriptHtml } from '#report/transcript/html/page.ts';
import { transcriptJson } from '#report/transcript/json.ts';
import { transcriptMarkdown } from '#report/transcript/markdown.ts';
import { postmortemMarkdown } from '#report/transcript/postmortem.ts';
import type { ServedRuns } from '../served-runs.ts';

const MARKDOWN = { 'Content-Type': 'text/markdown; charset=utf-8' };

/** The formats of a transcript, each with its headers. */
export const FORMATS = {
  md: {
    headers: MARKDOWN,
    write: async (runs: ServedRuns, id: string) => {
      const { records, options } = await contentOf(runs, id);
      return transcriptMarkdown(records, options);
    },
  },
  html: {
    // The page brings a policy of its own, by the digests of its script and its style.
    headers: {
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Security-Policy': `${HTML_POLICY}; frame-ancestors 'none'`,
    },
    write: async (runs: ServedRuns, id: string) => {
      const { records, options, graph } = await contentOf(runs, id);
      return transcriptHtml(records, { ...options, graph });
    },
  },
  json: {
    headers: { 'Content-Type': 'application/json' },
    write: async (runs: ServedRuns, id: string) => {
      const { records, options } = await contentOf(runs, id);
      return `${JSON.stringify(transcriptJson(records, options), null, 2)}\n`;
    },
  },
  postmortem: {
    headers: MARKDOWN,
    write: async (runs: ServedRuns, id: string) => {
      const { records, options } = await contentOf(runs, id);
      return postmortemMarkdown(records, options);
    },
  },
} as const;

/** Returns whether a transcript has that format. */
export function isFormat(format: string): format is keyof typeof FORMATS {
  return Object.hasOwn(FORMATS, format);
}

async function contentOf(runs: ServedRuns, id: string) {
  const { records, verified } = await runs.record(id);
  const { outputs, runbookText, graph } = await runs.attachments(id, records);
  const options = { outputs: (file: string) => outputs.get(file), verified, runbookText };
  return { records, options, graph };
}
