/**
 * The script of a page: one button to unfold everything, the phase in the address, and everything
 * unfolded in print. Nothing on the page depends on it.
 */
export const HTML_SCRIPT = `'use strict';
const folds = [...document.querySelectorAll('details')];
if (folds.length > 0) {
  const button = document.createElement('button');
  button.type = 'button';
  const say = () => { button.textContent = folds.some((fold) => !fold.open) ? 'Open all' : 'Fold all'; };
  button.addEventListener('click', () => {
    const open = folds.some((fold) => !fold.open);
    for (const fold of folds) fold.open = open;
    say();
  });
  for (const fold of folds) fold.addEventListener('toggle', say);
  say();
  document.querySelector('.filter')?.append(button);
}
for (const radio of document.querySelectorAll('.filter input')) {
  radio.addEventListener('change', () => { history.replaceState(null, '', '#' + radio.id); });
  if (location.hash === '#' + radio.id) radio.checked = true;
}
const folded = [];
addEventListener('beforeprint', () => {
  for (const fold of folds) if (!fold.open) { fold.open = true; folded.push(fold); }
});
addEventListener('afterprint', () => {
  for (const fold of folded.splice(0)) fold.open = false;
});
`;
