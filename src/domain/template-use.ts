import { z } from 'zod';
import { Text } from './values/text.ts';

const MOST_USES = 50;
/** Each is copied into many metrics, or into a message. */
const Name = z.string().max(256);
const Value = Text.pipe(z.string().max(1000));

/** Metrics of a pack, to add to those of a config. */
export const TemplateUse = z
  .strictObject({
    pack: Name.describe('an id from `GET /templates`'),
    variables: z
      .record(Name, Value)
      .optional()
      .describe("values for the pack's variables; `${other}` in a value is expanded from the scope, as in any query"),
    metrics: z.array(Name).min(1).optional().describe('names; absent: all metrics of the pack'),
    accountName: Name.min(1).optional().describe("the metrics account; absent: the run's"),
    scopeName: Name.optional().describe("a key in the request's `scopes`; absent: `default`"),
    prefix: Name.optional().describe("put before the metrics' names, to use a pack twice"),
  })
  .meta({ id: 'TemplateUse' });
export type TemplateUse = z.infer<typeof TemplateUse>;

/** One pack by its id, or several by id or with details. */
export const TemplateUses = z.union([Name, z.array(z.union([Name, TemplateUse])).max(MOST_USES)], {
  error:
    `write the id of a pack, or a list of at most ${MOST_USES} ids and objects with pack and, if you like, the texts ` +
    'accountName, scopeName and prefix, the texts of variables by their names, and the names of metrics; ' +
    'GET /templates has them',
});
export type TemplateUses = z.infer<typeof TemplateUses>;
