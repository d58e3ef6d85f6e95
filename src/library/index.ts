/** What `import … from 'haldane'` gives. A change here is a change of the package's contract. */
export { InputError } from './input-error.ts';
export { judge } from './judge.ts';
export type {
  Evidence,
  Interval,
  JudgeConfig,
  JudgeInput,
  JudgeOptions,
  JudgeResult,
  MetricConfig,
  MetricPair,
  MetricResult,
  SeriesOfSides,
  Statistics,
} from './types.ts';
