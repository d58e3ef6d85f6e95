/**
 * Rounds the decimal number that `value` prints as, a five away from zero: 1.005 becomes 1.01 although the double
 * lies below it. A negative value that rounds to nothing becomes -0.
 *
 * Source: `BigDecimal.setScale(2, HALF_UP)` as Apache Commons Math 3.6 uses it in `Precision.round`.
 *
 * @example roundHalfUp(2.675) // 2.68
 * @returns two decimals
 */
export function roundHalfUp(value: number): number {
  const size = Math.abs(value);
  // From 2^47 on doubles are 1/64 and more apart, and from 2^53 on whole; both print at most two decimals.
  if (!(size < 2 ** 47)) return value;
  const [mantissa = '0', exponent = '0'] = String(size).split('e');
  const [whole = '0', fraction = ''] = mantissa.split('.');
  const places = fraction.length - Number(exponent);
  const digits = BigInt(whole + fraction);
  const hundredths = places <= 2 ? digits * 10n ** BigInt(2 - places) : half(digits, 10n ** BigInt(places - 2));
  const rounded = Number(hundredths) / 100;
  return value < 0 || Object.is(value, -0) ? -rounded : rounded;
}

function half(digits: bigint, unit: bigint): bigint {
  return (digits * 2n + unit) / (unit * 2n);
}
