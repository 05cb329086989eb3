import { counted } from '#text/count.ts';
import type { EventOf } from '../log/event.ts';
import type { OutcomeCheck, PinnedRows, ShownAction } from '../log/parts.ts';
import { surroundingsOf } from '../wording/action-surroundings.ts';
import { aheadText } from '../wording/count-words.ts';
import { EFFECT_WORD, gatePlaceTexts, undoText } from '../wording/phrases.ts';
import { GROUP_COLUMNS, groupedRows } from '../wording/row-groups.ts';
import {
  boundColumns,
  changesTexts,
  leftOutTexts,
  missingColumnsTexts,
  tellingColumns,
} from '../wording/row-words.ts';
import type { Rows } from '../wording/table-layout.ts';
import { type Block, rowsBlocks } from './block.ts';

/** The number of rows above which a view that cannot be scrolled lists groups. */
const OPEN_ROWS = 12;

/** Everything that a gate says. A view adds only times, and decides what goes where. */
export type GateTold = {
  /** E.g. `DESTRUCTIVE`, or `DRY RUN, CHANGE, UNDO`. */
  readonly kind: string;
  /** The operator if the gate names one, and where the action runs. */
  readonly on: string;
  /** The items that it is for, and that the run has ended. */
  readonly place: readonly string[];
  /** The differences from the gate before it, and the rows that are left out. */
  readonly news: readonly string[];
  /** The folder, values and settings of the action; values that are the rows in one line. */
  readonly around: readonly string[];
  readonly rows:
    | (RowsTold & { readonly ahead: string; readonly notes: readonly string[] })
    | undefined;
  readonly undo: string | undefined;
  readonly warnings: readonly { readonly name: string; readonly text: string }[];
};

/** The rows of a preview, summed up. */
export type RowsTold = {
  /** The rows, or their groups, without the columns that are equal in all rows. */
  readonly table: Rows;
  /** The columns of it that must be whole. */
  readonly kept: readonly string[];
  /** The values that are equal in all rows, each after the name of its column. */
  readonly alike: readonly string[];
  readonly isGrouped: boolean;
};

const RUN_BEFORE: { readonly [C in OutcomeCheck]: string } = {
  none: 'It ran before, and what it did is not known: it may take effect twice.',
  passed: 'It ran before, and its check says that it took effect: it may take effect twice.',
  'not-passed':
    'It ran before, and its end was not seen. Its check says that it has not taken effect so far; it may still do so.',
  failed:
    'It ran before, what it did is not known, and its check failed: it may take effect twice.',
};

/** Returns everything that a gate says, apart from its title, its action's text and its digest. */
export function tellGate(
  gate: Omit<EventOf<'gate.opened'>, 'type' | 'changes'> &
    Partial<Pick<EventOf<'gate.opened'>, 'changes'>>,
): GateTold {
  const { action, preview, changes, effect, part, operator, simulated } = gate;
  const { warning, notRead, unsettled } = gate;
  const undo = part === 'undo' ? ', UNDO' : '';
  return {
    kind: `${simulated === true ? 'DRY RUN, ' : ''}${EFFECT_WORD[effect]}${undo}`,
    on: operator === undefined ? `on ${action.where}` : `${operator} on ${action.where}`,
    place: gatePlaceTexts(gate),
    news: [
      ...(changes === undefined ? [] : changesTexts(changes, preview?.columns ?? [])),
      ...leftOutTexts(gate),
    ],
    around: aroundTexts(action, preview),
    rows: preview && {
      ...tellRows(action, preview),
      ahead:
        part === 'undo'
          ? counted(preview.rows.length, 'row')
          : aheadText(action, preview.rows.length),
      notes: missingColumnsTexts(preview),
    },
    undo: gate.undo === undefined ? undefined : undoText(gate),
    warnings: [
      ...(unsettled === undefined ? [] : [{ name: 'Run before', text: RUN_BEFORE[unsettled] }]),
      ...(warning === undefined ? [] : [{ name: 'Warning', text: warning }]),
      ...(notRead === undefined ? [] : [{ name: 'Not proven read-only', text: notRead }]),
    ],
  };
}

/** Returns the parameters of an action; values that are columns of the rows are only named. */
export function aroundTexts(
  action: ShownAction,
  preview: PinnedRows | undefined,
): readonly string[] {
  const ofRows = preview && valuesOfRowsText(action, preview);
  return ofRows === undefined
    ? surroundingsOf(action)
    : [ofRows, ...surroundingsOf({ ...action, values: [] })];
}

/** Returns the values of an action that are columns of its rows: `$1–$2 = pid, since of the 4 rows`. */
export function valuesOfRowsText(action: ShownAction, preview: PinnedRows): string | undefined {
  const columns = boundColumns(action, preview);
  if (columns === undefined) return undefined;
  const { values, each = values.length } = action;
  const inTurn = action.each === undefined ? '' : 'each of ';
  const rows = counted(preview.rows.length, 'row');
  return `${each === 1 ? '$1' : `$1–$${each}`} = ${columns.join(', ')} of ${inTurn}the ${rows}`;
}

/**
 * Returns the rows of a preview summed up: from `fewest` rows on in groups, if they have much in
 * common.
 */
export function tellRows(
  action: Pick<ShownAction, 'kind' | 'values'>,
  preview: PinnedRows,
  fewest = OPEN_ROWS + 1,
): RowsTold {
  const { table, alike, groups } = groupedRows(action, preview, fewest);
  const isGrouped = groups.size > 0;
  const kept = isGrouped ? GROUP_COLUMNS : tellingColumns(action, preview);
  return { table, kept: kept.filter((name) => table.columns.includes(name)), alike, isGrouped };
}

/** Returns the rows of a preview for a record: summed up, then each of them if they are in groups. */
export function previewBlocks(
  action: Pick<ShownAction, 'kind' | 'values'>,
  preview: PinnedRows,
): readonly Block[] {
  const { table, alike, isGrouped } = tellRows(action, preview);
  return [
    ...(alike.length === 0 ? [] : [alikeText(alike)]),
    ...rowsBlocks(table.columns, table.rows),
    ...(isGrouped ? rowsBlocks(preview.columns, preview.rows) : []),
  ];
}

/** Returns the sentence on what is equal in all rows. */
export function alikeText(alike: readonly string[]): string {
  return `in all rows: ${alike.join(' · ')}`;
}
