/** A duration as Java's `Duration` prints it: hours, minutes and seconds, never days. `PT25H`, `PT1M30S`, `PT0S`. */
export function toDuration(millis: number): string {
  if (millis === 0) return 'PT0S';
  const hours = Math.trunc(millis / 3_600_000);
  const minutes = Math.trunc((millis % 3_600_000) / 60_000);
  const seconds = (millis % 60_000) / 1000;
  return `PT${hours ? `${hours}H` : ''}${minutes ? `${minutes}M` : ''}${seconds ? `${seconds}S` : ''}`;
}
