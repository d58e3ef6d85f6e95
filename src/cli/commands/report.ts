import { z } from 'zod';
import { defineCommand } from '../command.ts';
import { EXIT, UNREACHABLE } from '../command-error.ts';
import { choice, words } from '../options.ts';
import { ServiceOptions } from '../service/service-options.ts';
import { withService } from '../service/with-service.ts';
import { checkWritable, reportText, writeText } from '../verdict/verdict-output.ts';

const ENDINGS = { html: 'html', md: 'md', junit: 'junit.xml', json: 'json' } as const;

/** `haldane report`: the report of a run or an analysis, in any form. */
export const report = defineCommand({
  options: z.object({
    url: ServiceOptions.shape.url,
    output: choice(['html', 'md', 'junit', 'json'])
      .optional()
      .describe("its form (default: by the file's ending, else md)"),
    file: words('a file').optional().meta({ value: 'file', description: 'write it there (default: print it)' }),
  }),
  examples: [
    'haldane report 01JD8Z6Q5V7S0A2B3C4D5E6F7G',
    'haldane report 01JD8Z6Q5V7S0A2B3C4D5E6F7G --file canary.html',
    'haldane report 01JD8Z6Q5V7S0A2B3C4D5E6F7G --output junit > canary.xml',
  ],
  exitCodes: { [EXIT.ok]: 'it was written, whatever the verdict', [EXIT.unreachable]: UNREACHABLE },
  async run({ args: [id = ''], options: { url, output, file } }, { stdout }) {
    checkWritable({ report: file });
    return withService({ url }, async (client) => {
      const form = output ?? formOf(file);
      const text = await reportText({ judged: { kind: 'run', id }, client }, ENDINGS[form]);
      if (file === undefined) stdout.write(text);
      else writeText(file, text);
      return EXIT.ok;
    });
  },
});

function formOf(file: string | undefined): keyof typeof ENDINGS {
  if (file === undefined) return 'md';
  if (file.endsWith('.xml')) return 'junit';
  return (['html', 'md', 'json'] as const).find((ending) => file.endsWith(`.${ending}`)) ?? 'md';
}
