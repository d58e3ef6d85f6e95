import type { Run } from '../../domain/run.ts';
import { CanaryError } from '../../errors.ts';
import type { Service } from '../service.ts';

/** A run; the id of an analysis or a comparison is a 400, with Kayenta's names for them. */
export async function findRun({ runs, analyses, judgeComparisons }: Service, id: string): Promise<Run> {
  const run = await runs.find(id);
  if (run !== undefined) return run;
  const isAnalysis = await analyses.has(id);
  if (!isAnalysis && !(await judgeComparisons.has(id))) return runs.get(id);
  const name = isAnalysis ? 'Standalone Canary Analysis Pipeline' : 'Judge Comparison';
  throw new CanaryError(
    'EXECUTION_KIND',
    "Only named pipelines of 'Standard Canary Pipeline' can be converted to a CanaryExecutionStatusResponse object, " +
      `'${name}' received`,
  );
}
