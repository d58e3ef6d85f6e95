/** What the command line asks for. */
export interface Options {
  /** The folder with labelled series; without it only simulated ones are judged. */
  readonly folder?: string;
  /** Unchanged simulated pairs of each length, over all families. */
  readonly unchanged: number;
  /** Canaries, or trials of one kind. */
  readonly trials: number;
}

/** A part of the bench: its work in tasks that any thread may do, and what they have found as tables. */
export interface Section<Task = unknown, Result = unknown> {
  tasksOf(options: Options): readonly Task[];
  run(task: Task): Promise<Result>;
  report(results: readonly Result[], options: Options): Report;
}

export interface Report {
  readonly markdown: readonly string[];
  readonly drawings?: readonly Drawing[];
}

/** Bars of several judges, in percent. */
export interface Drawing {
  readonly file: string;
  readonly title: string;
  readonly rows: readonly { readonly name: string; readonly bars: readonly Bar[] }[];
}

export interface Bar {
  readonly judge: string;
  readonly share: number;
  readonly lower: number;
  readonly upper: number;
}

/** A table in Markdown. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, index) => (index === 0 ? '---' : '--:'))), ...rows.map(line), ''];
}

/** Numbers from 0 to `count` in pieces of `size`, as [from, to). */
export function pieces(count: number, size: number): { readonly from: number; readonly to: number }[] {
  return Array.from({ length: Math.ceil(count / size) }, (_, i) => {
    return { from: i * size, to: Math.min(count, (i + 1) * size) };
  });
}
