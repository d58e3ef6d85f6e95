import { z } from 'zod';
import type { HttpClient } from '../client/http-client.ts';

const Storage = z.looseObject({
  retention: z.looseObject({
    maxAgeDays: z.number(),
    maxRuns: z.number().optional(),
    maxMegabytes: z.number().optional(),
  }),
});

/** How long a Haldane keeps the runs that are imported into it, in a sentence or two. */
export async function keptFor(target: HttpClient): Promise<string> {
  const answer = await target.get('/storage');
  const storage = answer.ok ? Storage.safeParse(answer.body) : undefined;
  if (!storage?.success) {
    return `${target.baseUrl} does not say how long it keeps runs: it may delete imported ones by their age, at once.`;
  }
  const { maxAgeDays, maxRuns, maxMegabytes } = storage.data.retention;
  const room =
    maxMegabytes === undefined ? '' : ` Above ${maxMegabytes} MB the oldest go first (retention.maxMegabytes).`;
  const kept = `Imported runs are kept for ${maxAgeDays} days from their import, with their series (retention.maxAgeDays).${room}`;
  if (maxRuns === undefined) return kept;
  return (
    `${kept} But only the newest ${maxRuns} runs are kept (retention.maxRuns), by the time they ran: ` +
    'imported ones are the first to go; raise it before you import more.'
  );
}
