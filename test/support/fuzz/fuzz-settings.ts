const SEED = 20_261_123;

/** The same requests every time, unless the environment asks for others (`FUZZ_SEED`) or for more (`FUZZ_REQUESTS`). */
export function fuzzSettings(defaultRequests: number): { seed: number; wanted: number } {
  const { FUZZ_SEED, FUZZ_REQUESTS } = process.env;
  return { seed: Number(FUZZ_SEED ?? SEED), wanted: Number(FUZZ_REQUESTS ?? defaultRequests) };
}
