import { toWireJson } from '../domain/values/wire-json.ts';
import { createTurns } from '../waiting/turns.ts';
import type { Report } from './report.ts';

/** A report as JSON text, in pieces: its series may be larger than one text should be. */
export async function* jsonReport(report: Report): AsyncGenerator<string> {
  if (report.kind !== 'run') {
    yield toWireJson(report);
    return;
  }
  const { metrics, ...rest } = report;
  yield `${toWireJson(rest).slice(0, -1)},"metrics":[`;
  const turn = createTurns();
  for (const [index, metric] of metrics.entries()) {
    yield `${index === 0 ? '' : ','}${toWireJson(metric)}`;
    await turn();
  }
  yield ']}';
}
