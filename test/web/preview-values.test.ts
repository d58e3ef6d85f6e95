import { describe, expect, it } from 'vitest';
import { readPreviewValues, scopeNames, toExecutionRequest } from '../../src/web/configs/preview-values.ts';

const NOW = Date.parse('2026-01-01T12:34:56Z');
const read = (given: Record<string, string>, names = ['default']) => readPreviewValues(given, names, NOW);

describe('what is written to try a config', () => {
  it('is the last hour in whole minutes, a point a minute, when nothing is', () => {
    const { request, errors } = toExecutionRequest(read({}));
    const window = { start: '2026-01-01T11:34:00Z', end: '2026-01-01T12:34:00Z', step: 60 };
    expect([...errors]).toEqual([]);
    expect(request).toEqual({
      scopes: { default: { controlScope: window, experimentScope: window } },
      thresholds: { pass: 95, marginal: 75 },
    });
  });

  it('becomes the scopes of both sides, with variables', () => {
    const given = { control: 'v1', experiment: 'v2', experimentLocation: 'eu', params: 'a=1\n\n b = x=y ', step: '30' };
    const { request } = toExecutionRequest(read(given));
    const extendedScopeParams = { a: '1', b: 'x=y' };
    expect(request.scopes?.default?.controlScope).toMatchObject({ scope: 'v1', step: 30, extendedScopeParams });
    expect(request.scopes?.default?.controlScope).not.toHaveProperty('location');
    expect(request.scopes?.default?.experimentScope).toMatchObject({
      scope: 'v2',
      location: 'eu',
      extendedScopeParams,
    });
  });

  it('may say that the baseline is history, and takes no other word for it', () => {
    const of = (history: string) => toExecutionRequest(read({ experiment: 'v2', history })).request.baseline;
    expect(of('days')).toEqual({ kind: 'earlier', offsets: [1440, 2880, 4320] });
    expect(of('week')?.offsets).toHaveLength(7);
    expect(of('releases')).toEqual({ kind: 'goodReleases', releases: 3 });
    expect(of('toString')).toBeUndefined();
  });

  it('has fields of its own for every further scope the metrics name', () => {
    const metric = (scopeName: string) => ({ query: { type: 'x', serviceType: 'x' }, scopeName });
    const names = scopeNames({ metrics: [metric('web'), metric('db'), metric('web')] });
    expect(names).toEqual(['web', 'db']);
    const { request } = toExecutionRequest(read({ control: 'web-1', 'control.db': 'db-1' }, names));
    expect(request.scopes?.web?.controlScope?.scope).toBe('web-1');
    expect(request.scopes?.db?.controlScope?.scope).toBe('db-1');
    expect(scopeNames({})).toEqual(['default']);
  });

  it.each([
    ['start', { start: 'yesterday' }, 'is not an instant'],
    ['end', { start: '2026-01-01T12:00:00Z', end: '2026-01-01T12:00:00Z' }, 'after the start'],
    ['step', { step: 'often' }, 'number'],
    ['pass', { pass: 'all' }, 'is not a number'],
    ['params', { params: 'a' }, "'a' is not name=value"],
  ])('tells at the field %s what is wrong with it', (field, given, message) => {
    expect(toExecutionRequest(read(given as Record<string, string>)).errors.get(field)).toContain(message);
  });
});
