/** To four digits, upwards or downwards, so that a limit set to what a text says lets the value pass. */
export function roundAway(value: number, up: boolean): number {
  if (value === 0) return 0;
  const unit = 10 ** (Math.floor(Math.log10(Math.abs(value))) - 3);
  const steps = value / unit;
  return Number(((up ? Math.ceil(steps) : Math.floor(steps)) * unit).toPrecision(4));
}
