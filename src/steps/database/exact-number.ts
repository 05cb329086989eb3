/** Reads an integer. Returns undefined unless a JavaScript number represents it exactly. */
export function exactInteger(text: string): number | undefined {
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : undefined;
}

/** Reads a double. Returns undefined for NaN and the infinities, which JSON does not have. */
export function exactDouble(text: string): number | undefined {
  const number = Number(text);
  return Number.isFinite(number) ? number : undefined;
}

/**
 * Reads a decimal. Returns undefined unless it survives as a double: up to 15 digits always do,
 * more only if they print the same.
 */
export function exactDecimal(text: string): number | undefined {
  const number = Number(text);
  if (!Number.isFinite(number)) return undefined;
  const plain = text.includes('.') ? text.replace(/\.?0+$/, '') : text;
  const digits = plain.replace(/^-?[0.]*/, '').replace('.', '');
  return digits.length <= 15 || String(number) === plain ? number : undefined;
}
