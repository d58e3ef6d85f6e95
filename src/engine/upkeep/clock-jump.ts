interface Clocks {
  /** milliseconds since 1970, which somebody may set */
  readonly now: () => number;
  /** for lengths of time: see `clocks.ts` */
  readonly monotonic: () => number;
}

/** @returns by how many milliseconds the clock was set ahead since it was last asked; negative: back */
export function watchClock({ now, monotonic }: Clocks): () => number {
  let offset = now() - monotonic();
  return () => {
    const before = offset;
    offset = now() - monotonic();
    return offset - before;
  };
}
