/** Four significant digits, as people write numbers, with the typographic minus sign. */
export function formatNumber(value: number): string {
  return plainNumber(value).replace(/^-/, '−');
}

/** The same with the minus sign of JSON: for values that somebody will copy into a config. */
export function plainNumber(value: number): string {
  if (!Number.isFinite(value) || Math.abs(value) >= 1e15) return String(value);
  return String(Math.abs(value) >= 1000 ? Math.round(value) : Number(value.toPrecision(4)));
}

/** A ratio as a percentage: whole from 10 % up, else two significant digits. */
export function formatPercent(share: number): string {
  const percent = share * 100;
  if (!Number.isFinite(percent) || Math.abs(percent) >= 1e15) return `${String(percent).replace(/^-/, '−')} %`;
  const digits = Math.abs(percent) >= 9.95 ? Math.round(percent) : Number(percent.toPrecision(2));
  return `${String(digits).replace(/^-/, '−')} %`;
}

/** Ends that read alike are one: nobody should read "30 % to 30 %". */
export function endsInWords(lower: string, upper: string): string {
  return lower === upper ? `about ${lower}` : `${lower} to ${upper}`;
}
