import type { Failure } from '#rehearsal/failure.ts';
import { codeFrame } from '#rehearsal/failure.ts';
import type { CaseResult } from '#rehearsal/run-cases.ts';
import { positionAt, type Source } from '#runbook/yaml/source.ts';
import { counted } from '#text/count.ts';
import { formatDuration } from '#text/duration.ts';
import { inStyle, type Role } from '#text/theme.ts';
import type { TestedFile, TestRun } from './run.ts';

type Options = { readonly coverage: boolean; readonly colour: boolean };
type Paint = (role: Role, text: string) => string;

/** Returns the results of a test for people: one line per file, with complete failures below. */
export function testReport(tested: TestRun, { coverage, colour }: Options): string {
  const paint: Paint = (role, text) => (colour ? inStyle(role, text) : text);
  const files = tested.files.flatMap((file) =>
    fileLines(file, { coverage, filter: tested.filter }, paint),
  );
  return [...files, '', ...closing(tested, paint)].join('\n');
}

function fileLines(
  tested: TestedFile,
  { coverage, filter }: { readonly coverage: boolean; readonly filter: string | undefined },
  paint: Paint,
): readonly string[] {
  const { file, source, result, invalid, below, ms } = tested;
  if (result === undefined)
    return [
      `${paint('danger', '✗')} ${paint('strong', file.name)}  invalid`,
      '',
      indented(invalid ?? ''),
    ];
  const failed = result.results.filter(({ failures }) => failures.length > 0);
  const { percent, taken, branches, missed } = result.coverage;
  const count = result.results.length;
  const passed =
    failed.length === 0
      ? counted(count, 'case')
      : paint('danger', `${failed.length} of ${counted(count, 'case')} failed`);
  const sign =
    failed.length === 0 && below === undefined ? paint('success', '✓') : paint('danger', '✗');
  // With only some of the cases, the coverage is meaningless.
  const covered =
    filter === undefined || coverage
      ? `, ${percent} % of ${counted(branches, 'branch', 'branches')} taken`
      : '';
  const line = `${sign} ${paint('strong', file.name)}  ${passed}${covered}  ${paint('muted', formatDuration(ms))}`;
  const untaken = coverage
    ? missed.map(({ step, missed: what }) => `    ${paint('warning', '○')} ${step} → ${what}`)
    : [];
  return [
    line,
    ...untaken,
    ...(below === undefined
      ? []
      : [
          paint(
            'danger',
            `    ${taken} of ${counted(branches, 'branch', 'branches')} taken (${percent} %); ${below} % is required`,
          ),
        ]),
    ...failed.flatMap((one) => caseLines(one, source, paint)),
  ];
}

function caseLines(
  { rehearsed, failures }: CaseResult,
  source: Source,
  paint: Paint,
): readonly string[] {
  const { name, span } = rehearsed.case;
  const { line } = positionAt(source, span.start);
  return [
    '',
    `  ${paint('danger', '✗')} ${paint('strong', name)}  ${paint('muted', `${source.file}:${line}`)}`,
    ...failures.flatMap((failure) => failureLines(failure, source, paint)),
  ];
}

/** Returns a failure: the problem, its place in the case, the explanation, and YAML to add. */
export function failureLines(failure: Failure, source: Source, paint: Paint): readonly string[] {
  const { message, span, hint, detail, paste } = failure;
  const frame = codeFrame(source, span, hint).map((line) => paint('muted', line));
  const adding =
    paste === undefined
      ? []
      : ['', 'add to the case:', ...paste.split('\n').map((line) => `  ${line}`)];
  return [
    '',
    paint('danger', message),
    ...frame,
    ...(detail.length > 0 ? [''] : []),
    ...detail,
    ...adding,
  ].map((line) => (line === '' ? '' : `    ${line}`));
}

function closing({ files, untested, filter, ms }: TestRun, paint: Paint): readonly string[] {
  const results = files.flatMap(({ result }) => result?.results ?? []);
  const failed = results.filter(({ failures }) => failures.length > 0).length;
  const invalid = files.filter((file) => file.invalid !== undefined).length;
  const parts = [
    ...(failed > 0 ? [paint('danger', `${failed} failed`)] : []),
    ...(invalid > 0 ? [paint('danger', `${counted(invalid, 'file')} invalid`)] : []),
    paint(failed + invalid > 0 ? 'muted' : 'success', `${results.length - failed} passed`),
  ];
  const speed = `${formatDuration(ms)}`;
  return [
    `${parts.join(', ')}  ${paint('muted', speed)}`,
    ...(results.length === 0 && invalid === 0 ? [`no case name contains "${filter}"`] : []),
    ...(untested.length > 0 ? [paint('muted', `without cases: ${untested.join(', ')}`)] : []),
  ];
}

function indented(text: string): string {
  return text
    .split('\n')
    .map((line) => (line === '' ? '' : `    ${line}`))
    .join('\n');
}
