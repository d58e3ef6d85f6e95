import { z } from 'zod';
import { AnalysisLine } from '../../domain/standalone-analysis.ts';
import { toWireJson } from '../../domain/values/wire-json.ts';
import { readBody } from '../client/read-answer.ts';
import { defineCommand } from '../command.ts';
import { EXIT, UNREACHABLE } from '../command-error.ts';
import { listOptions } from '../service/list-options.ts';
import { withService } from '../service/with-service.ts';
import { textTable } from '../terminal/text-table.ts';

/** `haldane analysis list`: the newest analyses, one a line. */
export const analysisList = defineCommand({
  options: listOptions('analyses'),
  examples: ['haldane analysis list', 'haldane analysis list --application shop --output json'],
  exitCodes: { [EXIT.ok]: 'they were listed', [EXIT.unreachable]: UNREACHABLE },
  async run({ options: { url, application = '*', limit, output } }, { stdout }) {
    return withService({ url }, async (client) => {
      const answer = await client.get('/standalone_canary_analysis', { application, limit });
      const analyses = readBody(answer, 'the analyses cannot be listed', z.array(AnalysisLine));
      if (output === 'json') stdout.write(`${toWireJson(analyses, 2)}\n`);
      else stdout.write(listText(analyses));
      return EXIT.ok;
    });
  },
});

function listText(analyses: readonly AnalysisLine[]): string {
  if (analyses.length === 0) return 'There are none.\n';
  const rows = analyses.map(({ pipelineId, buildTimeIso, application, configName = '', status, passed, scores }) => {
    const verdict = passed === undefined ? '' : passed ? 'Pass' : 'Fail';
    return [pipelineId, buildTimeIso, application, configName, status, verdict, scores.join(', ')];
  });
  return textTable(['ID', 'ACCEPTED', 'APPLICATION', 'CONFIG', 'STATUS', 'VERDICT', 'SCORES'], rows);
}
