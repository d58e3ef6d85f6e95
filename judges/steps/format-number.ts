/** Four significant digits, as people write numbers. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value) || Math.abs(value) >= 1e15) return String(value);
  return String(Math.abs(value) >= 1000 ? Math.round(value) : Number(value.toPrecision(4)));
}

/** A ratio as a percentage: whole from 10 % up, else two significant digits. */
export function formatPercent(share: number): string {
  const percent = share * 100;
  if (!Number.isFinite(percent) || Math.abs(percent) >= 1e15) return `${percent} %`;
  return `${Math.abs(percent) >= 10 ? Math.round(percent) : Number(percent.toPrecision(2))} %`;
}
