/** Reads an integer, or nothing where a number would not be exact. */
export function exactInteger(text: string): number | undefined {
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : undefined;
}

/** Reads a double; NaN and the infinities have no number in JSON. */
export function exactDouble(text: string): number | undefined {
  const number = Number(text);
  return Number.isFinite(number) ? number : undefined;
}

/** Reads a decimal: one of up to 15 digits always survives as a double, a longer one when it prints the same. */
export function exactDecimal(text: string): number | undefined {
  const number = Number(text);
  if (!Number.isFinite(number)) return undefined;
  const plain = text.includes('.') ? text.replace(/\.?0+$/, '') : text;
  const digits = plain.replace(/^-?[0.]*/, '').replace('.', '');
  return digits.length <= 15 || String(number) === plain ? number : undefined;
}
