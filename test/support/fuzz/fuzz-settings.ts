const SEED = 20_261_123;

/** Deterministic, unless the environment sets another seed (`FUZZ_SEED`) or number (`FUZZ_REQUESTS`). */
export function fuzzSettings(defaultRequests: number): { seed: number; wanted: number } {
  const { FUZZ_SEED, FUZZ_REQUESTS } = process.env;
  return { seed: Number(FUZZ_SEED ?? SEED), wanted: Number(FUZZ_REQUESTS ?? defaultRequests) };
}
