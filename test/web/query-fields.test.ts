import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { providers } from '../../providers/index.ts';
import { queryFields } from '../../src/web/configs/query-fields.ts';

const fieldsOf = (schema: z.ZodType) => queryFields(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }));

describe('the fields of a query', () => {
  it('come from its schema: their kind, what they are about, what counts without them', () => {
    const schema = z
      .object({
        type: z.literal('x'),
        expr: z.string().min(1).describe('the query'),
        labels: z.array(z.string()).default([]),
        mode: z.enum(['each', 'sum']).default('each'),
        scale: z.number().default(1),
        normal: z.boolean().optional(),
        pairs: z.array(z.object({ key: z.string() })).optional(),
        customFilter: z.undefined().describe('refused: use expr'),
      })
      .meta({ id: 'XQuery' });
    expect(fieldsOf(schema)).toEqual([
      { name: 'expr', label: 'Query', kind: 'text', about: 'the query', required: true },
      { name: 'labels', label: 'Labels', kind: 'list', about: '', required: false },
      {
        name: 'mode',
        label: 'Mode',
        kind: 'choice',
        about: '',
        required: false,
        choices: ['each', 'sum'],
        default: 'each',
      },
      { name: 'scale', label: 'Scale', kind: 'number', about: '', required: false, default: '1' },
      { name: 'normal', label: 'Normal', kind: 'flag', about: '', required: false },
      { name: 'pairs', label: 'Pairs', kind: 'json', about: '', required: false },
    ]);
  });

  it.each(providers.map(({ type, Query }) => [type, Query] as const))('can be listed for %s', (_type, Query) => {
    const fields = fieldsOf(Query);
    expect(fields.length).toBeGreaterThan(1);
    expect(fields.map(({ name }) => name)).not.toContain('type');
  });
});
