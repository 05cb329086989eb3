import { scoreOf } from './report.js';

/**
 * Returns the page of scores and survivors. `explained` says by file why a survivor may live, by the code
 * that was there and what stood in its place.
 */
export function mutantsPage(groups, explained) {
  return [
    '<!-- Made by bin/mutants.js from its measurements and bin/mutants/explained.json. -->',
    '',
    ...INTRODUCTION,
    ...groups.flatMap(({ name, measured, all }) => [
      `## ${name}`,
      '',
      measuredText(measured, all),
      '',
      '| file | score | detected | of these by timeout | survived |',
      '| --- | ---: | ---: | ---: | ---: |',
      ...measured.map(
        (file) =>
          `| ${file.name}${file.isCurrent ? '' : ' (changed since)'} | ${percent(scoreOf([file]))} | ${file.found} | ${file.late} | ${file.survivors.length} |`,
      ),
      '',
      ...survivorsText(measured, explained),
    ]),
  ].join('\n');
}

const INTRODUCTION = [
  '# Mutation scores',
  '',
  '`npm run mutants` changes the code in one place at a time (an inverted condition, a removed call, an emptied',
  'text), runs the tests that reach that place, and expects one of them to fail. The score is the percentage of',
  'changes that a test detected. A change that no test detects *survives*: either a test is missing, or the change',
  'makes no difference; the reason is listed below. Constants at the top of a file are not changed.',
  '',
];

function measuredText(measured, all) {
  if (measured.length === 0) return `None of its ${all.length} files has been measured yet.`;
  const score = `The score is ${percent(scoreOf(measured))}`;
  const left = all.filter((file) => measured.every(({ name }) => name !== file));
  if (left.length === 0) return `${score}, of all ${all.length} files.`;
  const names = left.map((file) => `\`${file.split('/').at(-1)}\``).join(', ');
  return `${score}, of ${measured.length} of ${all.length} files. Not measured yet: ${names}.`;
}

function survivorsText(measured, explained) {
  const lines = measured.flatMap(({ name, survivors }) =>
    survivors.map((survivor) => {
      const why = explanationOf(explained, name, survivor) ?? '**not explained**';
      return `| ${name}:${survivor.line} | ${code(survivor.was)} | ${code(survivor.is)} | ${why} |`;
    }),
  );
  if (lines.length === 0) return [];
  return ['| survivor | was | became | why |', '| --- | --- | --- | --- |', ...lines, ''];
}

/** Returns why a survivor may live, or undefined where nobody has said so. */
export function explanationOf(explained, file, survivor) {
  return (explained[file] ?? []).find((entry) => isOf(entry, survivor))?.why;
}

/** Returns whether an explanation is that of a survivor. */
export function isOf(entry, { was, is }) {
  return entry.was === was && (entry.is ?? is) === is;
}

function percent(score) {
  return `${score.toFixed(1)} %`;
}

function code(text) {
  if (text === '') return '(nothing)';
  const escaped = text.replaceAll('|', '\\|');
  return escaped.includes('`') ? `\`\` ${escaped} \`\`` : `\`${escaped}\``;
}
