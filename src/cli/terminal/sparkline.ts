const LEVELS = '▁▂▃▄▅▆▇█';

export interface SparklineScale {
  readonly min: number;
  readonly max: number;
}

/** The range of several series together, so that their sparklines can be compared. */
export function commonScale(...series: readonly (readonly number[])[]): SparklineScale {
  const finite = series.flat().filter(Number.isFinite);
  return { min: Math.min(...finite), max: Math.max(...finite) };
}

/** A series as one line of text, at most `width` characters; a gap is a blank. */
export function sparkline(values: readonly number[], { min, max }: SparklineScale, width = 30): string {
  const size = Math.max(1, Math.ceil(values.length / width));
  const means = Array.from({ length: Math.ceil(values.length / size) }, (_, index) => {
    const finite = values.slice(index * size, (index + 1) * size).filter(Number.isFinite);
    return finite.reduce((sum, value) => sum + value, 0) / finite.length;
  });
  return means.map((mean) => (Number.isNaN(mean) ? ' ' : LEVELS[level(mean, min, max)])).join('');
}

function level(value: number, min: number, max: number): number {
  return max > min ? Math.min(LEVELS.length - 1, Math.floor(((value - min) / (max - min)) * LEVELS.length)) : 0;
}
