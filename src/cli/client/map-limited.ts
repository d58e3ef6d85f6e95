import pLimit from 'p-limit';
import type { TextOutput } from '../command.ts';

interface MapLimitedOptions<T, R> {
  readonly items: readonly T[];
  readonly concurrency: number;
  readonly work: (item: T) => Promise<R>;
  /** where progress is shown to a person */
  readonly progress: { readonly output: TextOutput; readonly label: string };
}

interface Mapped<R> {
  /** in the order of the items; only of those that were processed */
  readonly results: readonly R[];
  /** the first error: nothing more was started after it */
  readonly failure?: unknown;
}

/** Processes all items, a few at a time, with a counter line on a terminal. */
export async function mapLimited<T, R>({
  items,
  concurrency,
  work,
  progress: { output, label },
}: MapLimitedOptions<T, R>): Promise<Mapped<R>> {
  const results: R[][] = items.map(() => []);
  const failures: unknown[] = [];
  let done = 0;
  const show = (text: string) => {
    if (output.isTTY === true) output.write(text);
  };
  await pLimit(concurrency).map(items, async (item, index) => {
    if (failures.length > 0) return;
    try {
      results[index] = [await work(item)];
    } catch (error) {
      failures.push(error);
    }
    show(`\r${label} ${++done}/${items.length}`);
  });
  if (done > 0) show(ERASE_LINE);
  return { results: results.flat(), ...(failures.length > 0 ? { failure: failures[0] } : {}) };
}

const ERASE_LINE = '\r\u001b[K';
