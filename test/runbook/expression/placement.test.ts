import { describe, expect, test } from 'vitest';
import { shellPlaces, sqlPlaces } from '#runbook/expression/placement.ts';

function places(read: typeof shellPlaces, text: string): readonly string[] {
  const offsets = [...text.matchAll(/\$\{\{/g)].map(({ index }) => index);
  return read(text, offsets);
}

describe('a placeholder in a script stands alone only where bash reads plain words', () => {
  test.each([
    ['echo ${{ x }}', ['code']],
    ['echo "a" ${{ x }} \'b\' ${{ y }}', ['code', 'code']],
    ['echo "${HOME}" ${{ x }}', ['code']],
    ['echo "${{ x }}"', ['quotes']],
    ["echo '${{ x }}'", ['quotes']],
    ["echo $'a\\' ${{ x }} '", ['quotes']],
    ['echo "a\\" ${{ x }}"', ['quotes']],
    ['echo a # ${{ x }}\necho ${{ y }}', ['comment', 'code']],
    ['echo a#b ${{ x }}', ['code']],
    ['cat <<EOF\n${{ x }}\nEOF', ['quotes']],
    ['cat <<<${{ x }}', ['code']],
    ['echo `date ${{ x }}` ${{ y }}', ['quotes', 'code']],
    ['echo $(date ${{ x }})', ['code']],
    ['echo "$(echo "${{ x }}")"', ['quotes']],
    ['echo "${v:-"${{ x }}"}"', ['quotes']],
    ['echo $(( ${{ x }} + 1 ))', ['quotes']],
    ['[[ ${{ x }} -eq 1 ]] && echo ${{ y }}', ['quotes', 'code']],
  ])('%s', (script, expected) => {
    expect(places(shellPlaces, script)).toEqual(expected);
  });
});

describe('a placeholder in a statement stands alone only where a parameter can stand', () => {
  test.each([
    ['SELECT ${{ x }}', ['code']],
    ["SELECT '${{ x }}'", ['quotes']],
    ["SELECT 'it''s', ${{ x }}", ['code']],
    ["SELECT E'a\\' ${{ x }}'", ['quotes']],
    ['SELECT "${{ x }}"', ['quotes']],
    ['SELECT 1 -- ${{ x }}\n, ${{ y }}', ['comment', 'code']],
    ['SELECT 1 /* ${{ x }} */, ${{ y }}', ['comment', 'code']],
    ['SELECT $tag$ ${{ x }} $tag$, ${{ y }}', ['quotes', 'code']],
    ['DO $$ BEGIN x(${{ x }}, \'${{ y }}\', "${{ z }}"); END $$', ['code', 'quotes', 'quotes']],
    ["DO '${{ x }}'", ['quotes']],
  ])('%s', (sql, expected) => {
    expect(places(sqlPlaces, sql)).toEqual(expected);
  });
});
