/** CPU time of this process, in microseconds. */
function cpuMicros(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** Microseconds of CPU time of `work`: the median of `samples`, each long enough for the clock, after warm-up. */
export async function medianCpuMicros(
  work: () => unknown,
  { samples = 9, sampleMillis = 40, warmUpMillis = 300 } = {},
): Promise<number> {
  let runs = 0;
  const warmUpEnds = performance.now() + warmUpMillis;
  const warmUpStarts = performance.now();
  do {
    await work();
    runs++;
  } while (performance.now() < warmUpEnds);
  const repeats = Math.max(1, Math.ceil((sampleMillis * runs) / (performance.now() - warmUpStarts)));
  const costs: number[] = [];
  for (let sample = 0; sample < samples; sample++) {
    const start = cpuMicros();
    for (let repeat = 0; repeat < repeats; repeat++) await work();
    costs.push((cpuMicros() - start) / repeats);
  }
  return costs.sort((a, b) => a - b)[Math.floor(samples / 2)] as number;
}
