/**
 * How high x stands relative to y, 1 being equal: x / y where y is positive, 1 + (x - y) / |y| for any y, so that a
 * fall from -2 to -3 is a fall. NaN where y is 0.
 *
 * @example relativeLevel(3, 2) // 1.5
 * @example relativeLevel(-3, -2) // 0.5
 */
export function relativeLevel(x: number, y: number): number {
  if (y === 0) return Number.NaN;
  return y > 0 ? x / y : 2 - x / y;
}
