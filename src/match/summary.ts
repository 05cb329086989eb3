import { CATEGORIES, type Category } from './category.ts';
import type { Verdict } from './classify.ts';
import { templateOf, timeOf } from './evidence-line.ts';

/** A sample line, and the number of lines like it. */
type EvidenceLine = { readonly text: string; readonly count: number };

/** The records of one category, or of one runbook's symptoms. */
export type Group = {
  readonly category: Category | 'none';
  readonly runbook: string;
  readonly count: number;
  /** True if all its evidence is weak: it may be another service's. */
  readonly weak: boolean;
  /** The times of the first and the last record, as the records write them. */
  readonly first: string | undefined;
  readonly last: string | undefined;
  /** The evidence of the most common records. */
  readonly why: string;
  /** Other possible categories, with the number of records for each. */
  readonly alternatives: readonly { readonly category: Category; readonly count: number }[];
  /** The runbooks that list at least half of the records among their symptoms. */
  readonly symptomOf: readonly string[];
  /** The most common lines. */
  readonly evidence: readonly EvidenceLine[];
};

/** The summary of a log. */
export type Summary = {
  readonly records: number;
  readonly matched: number;
  /** Causes before their consequences, weak groups last; within each, largest first. */
  readonly groups: readonly Group[];
};

/** Counts verdicts. It keeps only counts and a few lines of each kind. */
interface SummaryBuilder {
  add(record: string, verdict: Verdict): void;
  summary(): Summary;
}

type Sample = { readonly text: string; readonly why: string; count: number };

type Counting = {
  readonly category: Category | 'none';
  readonly runbook: string;
  count: number;
  weak: boolean;
  first: string | undefined;
  last: string | undefined;
  readonly alternatives: Map<Category, number>;
  readonly symptomOf: Map<string, number>;
  readonly samples: Map<string, Sample>;
  /** The samples by verdict: records with the same one differ in numbers only. */
  readonly ofVerdicts: WeakMap<Verdict, Sample>;
};

const MOST_SAMPLES = 200;
const SHOWN_SAMPLES = 2;
const LONGEST_LINE = 2_000;

/** Returns an empty summary builder. */
export function createSummary(): SummaryBuilder {
  const groups = new Map<string, Counting>();
  let records = 0;
  let matched = 0;
  return {
    add(record, verdict) {
      records += 1;
      const { category, runbook } = verdict;
      if (runbook === undefined) return;
      matched += 1;
      const key = `${category} ${runbook}`;
      let group = groups.get(key);
      if (group === undefined) {
        group = {
          ...{ category, runbook, count: 0, weak: true, first: undefined, last: undefined },
          ...{ alternatives: new Map(), symptomOf: new Map(), samples: new Map() },
          ofVerdicts: new WeakMap(),
        };
        groups.set(key, group);
      }
      count(group, record, verdict);
    },
    summary() {
      return { records, matched, groups: inOrder([...groups.values()]).map(groupOf) };
    },
  };
}

function inOrder(groups: readonly Counting[]): readonly Counting[] {
  const strong = new Set(groups.filter(({ weak }) => !weak).map(({ category }) => category));
  const rank = ({ category, weak }: Counting) => {
    if (weak) return 2;
    const { follows = [] } = category === 'none' ? {} : CATEGORIES[category];
    return follows.some((cause) => strong.has(cause)) ? 1 : 0;
  };
  return groups.toSorted((a, b) => rank(a) - rank(b) || b.count - a.count);
}

function count(group: Counting, record: string, verdict: Verdict): void {
  group.count += 1;
  if (!verdict.weak) group.weak = false;
  const time = timeOf(record);
  group.first ??= time;
  group.last = time ?? group.last;
  for (const category of verdict.alternatives)
    group.alternatives.set(category, (group.alternatives.get(category) ?? 0) + 1);
  for (const runbook of verdict.symptomOf)
    group.symptomOf.set(runbook, (group.symptomOf.get(runbook) ?? 0) + 1);
  const same = group.ofVerdicts.get(verdict);
  if (same !== undefined) {
    same.count += 1;
    return;
  }
  const line = record.split('\n', verdict.line + 1)[verdict.line] ?? record;
  const text = line.slice(0, LONGEST_LINE);
  const template = templateOf(text);
  const known = group.samples.get(template);
  if (known !== undefined) known.count += 1;
  else if (group.samples.size < MOST_SAMPLES)
    group.samples.set(template, { text, why: verdict.why, count: 1 });
  const sample = group.samples.get(template);
  if (sample !== undefined) group.ofVerdicts.set(verdict, sample);
}

function groupOf({ samples, alternatives, symptomOf, ofVerdicts: _, ...group }: Counting): Group {
  const commonest = [...samples.values()].toSorted((a, b) => b.count - a.count);
  return {
    ...group,
    why: commonest[0]?.why ?? '',
    alternatives: [...alternatives]
      .map(([category, times]) => ({ category, count: times }))
      .toSorted((a, b) => b.count - a.count),
    symptomOf: [...symptomOf].flatMap(([name, times]) => (2 * times < group.count ? [] : [name])),
    evidence: commonest.slice(0, SHOWN_SAMPLES).map(({ text, count: times }) => ({
      text,
      count: times,
    })),
  };
}
