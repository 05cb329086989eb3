import { CATEGORIES, type Category } from '#match/category.ts';
import { createClassifier } from '#match/classify.ts';
import { shownLine } from '#match/evidence-line.ts';
import type { Group } from '#match/summary.ts';
import { createRedactor } from '#safety/redaction/redactor.ts';
import type { Finding, Offer } from '#ui/start-page/page.ts';
import { groupedLines, summarize } from '../commands/match/read-log.ts';
import { readLibrarySymptoms } from '../library/symptoms.ts';

/** The maximum number of lines shown from the end of a text. */
const SHOWN_LINES = 20;

const library = readLibrarySymptoms([]);
const found = new Set(library.map(({ runbook }) => runbook));
const { classify } = createClassifier(library);
const redactor = createRedactor([]);

/** Classifies a pasted text and suggests runbooks; the result contains no password. */
export async function classifier(text: string): Promise<Finding> {
  const { groups, records } = await summarize(groupedLines([text]), classify);
  const offers = groups.flatMap(offersOf);
  const shown = text.trimEnd().split('\n').slice(-SHOWN_LINES).map(masked);
  return { shown, records, offers: firstOfEach(offers) };
}

function offersOf(group: Group): readonly Offer[] {
  const { category, runbook, evidence, why, alternatives, symptomOf } = group;
  const title = category === 'none' ? 'a listed symptom' : CATEGORIES[category].title;
  const line = masked(evidence[0]?.text ?? '');
  return [
    offer(runbook, title, line, `seen: ${why}`),
    ...symptomOf.map((name) => offer(name, 'lists this text as a symptom', '', '')),
    ...alternatives.map((other) => alternative(other.category)),
  ];
}

function masked(line: string): string {
  return redactor.text(shownLine(line));
}

function alternative(category: Category): Offer {
  const { runbook, title, toldBy } = CATEGORIES[category];
  return offer(runbook, `or ${title}`, '', `if ${toldBy}`);
}

function offer(runbook: string, title: string, evidence: string, why: string): Offer {
  return { runbook, isHere: found.has(runbook), title, evidence, why };
}

function firstOfEach(offers: readonly Offer[]): readonly Offer[] {
  const first = new Map<string, Offer>();
  for (const each of offers) if (!first.has(each.runbook)) first.set(each.runbook, each);
  return [...first.values()];
}
