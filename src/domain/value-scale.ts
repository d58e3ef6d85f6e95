/** How the values of a metric are written. */
export interface Scale {
  /** values from here on, in the unit that the config names */
  readonly from: number;
  /** of a value in the config's unit */
  readonly factor: number;
  readonly unit: string;
}

/** A unit that people write as another one when it is small or large; smallest last. */
const SCALES: Readonly<Record<string, readonly Scale[]>> = {
  s: [
    { from: 1, factor: 1, unit: 's' },
    { from: 1e-3, factor: 1e3, unit: 'ms' },
    { from: 0, factor: 1e6, unit: 'µs' },
  ],
  ms: [
    { from: 10_000, factor: 1e-3, unit: 's' },
    { from: 1, factor: 1, unit: 'ms' },
    { from: 0, factor: 1e3, unit: 'µs' },
  ],
  B: [
    { from: 1e9, factor: 1e-9, unit: 'GB' },
    { from: 1e6, factor: 1e-6, unit: 'MB' },
    { from: 1e3, factor: 1e-3, unit: 'kB' },
    { from: 0, factor: 1, unit: 'B' },
  ],
  share: [{ from: 0, factor: 100, unit: '%' }],
};

/** What configs write for units, by the shorter name. */
const NAMES: Readonly<Record<string, string>> = {
  ...{ s: 's', sec: 's', second: 's', seconds: 's', ms: 'ms', millis: 'ms', millisecond: 'ms', milliseconds: 'ms' },
  ...{ us: 'µs', microseconds: 'µs', b: 'B', byte: 'B', bytes: 'B', share: 'share', ratio: 'share', fraction: 'share' },
  ...{ percent: '%', '%': '%' },
};

/** How values up to this size are written: the factor, and the unit then. */
export function scaleOf(size: number, unit = ''): Scale {
  const name = Object.hasOwn(NAMES, unit.toLowerCase()) ? (NAMES[unit.toLowerCase()] ?? unit) : unit;
  const scales = Object.hasOwn(SCALES, name) ? SCALES[name] : undefined;
  if (size === 0 || !Number.isFinite(size)) return scales?.find(({ factor }) => factor === 1) ?? plain(name);
  return scales?.find(({ from }) => size >= from) ?? plain(name);
}

function plain(unit: string): Scale {
  return { from: 0, factor: 1, unit: unit.replace(/^percent(?= |$)/, '%') };
}

/** The unit that a metric's query names; undefined: none. */
export function unitOf(query: unknown): string | undefined {
  const { unit } = (query ?? {}) as { unit?: unknown };
  return typeof unit === 'string' && unit !== '' ? unit : undefined;
}
