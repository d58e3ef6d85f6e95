import type { HttpClient } from '../client/http-client.ts';
import type { Terminal } from '../command.ts';
import { hasColours } from '../terminal/colours.ts';
import { printable } from '../terminal/text-table.ts';
import type { ProgressView } from './follow-verdict.ts';
import { liveLines } from './live-lines.ts';
import { progressText } from './progress-text.ts';
import { type Judged, pathOf } from './verdict.ts';

/** The view for where somebody looks: a live one on a terminal, else a line whenever something has changed. */
export async function openProgressView(judged: Judged, client: HttpClient, terminal: Terminal): Promise<ProgressView> {
  const { stderr } = terminal;
  if (stderr.isTTY !== true || process.env.CI || process.env.TERM === 'dumb') return plainView(terminal);
  const { createLogUpdate } = await import('log-update');
  const update = createLogUpdate(stderr as NodeJS.WriteStream);
  return {
    everySeconds: 1,
    async show(verdict) {
      const answer = await client.get(pathOf(judged));
      const { rows = 24, columns = 80 } = stderr as NodeJS.WriteStream;
      update(
        liveLines(verdict, answer.ok ? answer.body : {}, { rows, columns, colours: hasColours(stderr) }).join('\n'),
      );
    },
    tell(text) {
      update.persist(printable(text));
    },
    end() {
      update.clear();
      update.done();
    },
  };
}

/** Lines that stay, for logs. */
function plainView({ stderr }: Terminal): ProgressView {
  let last: string | undefined;
  const tell = (text: string) => {
    if (text !== last) stderr.write(`${printable(text)}\n`);
    last = text;
  };
  return { everySeconds: 15, show: async (verdict) => tell(progressText(verdict)), tell, end: () => {} };
}
