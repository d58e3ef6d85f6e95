import { describe, expect, it } from 'vitest';
import { executionRequest } from '../../../src/cli/start/execution-request.ts';
import { RunOptions } from '../../../src/cli/start/scope-options.ts';

const build = (options: object, config = {}, file = {}) => executionRequest(RunOptions.parse(options), config, file);
const SIDES = { baseline: 'v1', canary: 'v2' };

describe('executionRequest', () => {
  it('names both sides in every scope that the metrics name', () => {
    const config = { metrics: [{ scopeName: 'default' }, { scopeName: 'db' }, {}] };
    const { scopes } = build({ ...SIDES, last: '30m', location: 'eu', param: ['q=0.9', 'a=b=c'] }, config);
    const window = { start: 'now-30m', end: 'now', step: '60s', location: 'eu' };
    const extendedScopeParams = { q: '0.9', a: 'b=c' };
    const pair = {
      controlScope: { scope: 'v1', ...window, extendedScopeParams },
      experimentScope: { scope: 'v2', ...window, extendedScopeParams },
    };
    expect(scopes).toEqual({ default: pair, db: pair });
  });

  it.each([
    [{ last: '1h30m' }, { start: 'now-1h30m', end: 'now' }],
    [{ for: '10m' }, { start: 'now', end: 'now+10m' }],
    [
      { start: 'now-2h', end: 'now-1h' },
      { start: 'now-2h', end: 'now-1h' },
    ],
    [{ start: '2026-01-01T00:00:00Z' }, { start: '2026-01-01T00:00:00Z', end: 'now' }],
  ])('%j is the window %j, as text: the same command later is the same request', (flags, window) => {
    const { default: pair } = build({ ...SIDES, ...flags }).scopes as Record<string, { experimentScope: object }>;
    expect(pair?.experimentScope).toMatchObject(window);
  });

  it('gives the baseline a window and a location of its own', () => {
    const flags = { baselineStart: 'now-2h', baselineEnd: 'now-90m', baselineLocation: 'us', location: 'eu' };
    expect(build({ ...SIDES, last: '30m', ...flags }).scopes).toMatchObject({
      default: {
        controlScope: { start: 'now-2h', end: 'now-90m', location: 'us' },
        experimentScope: { start: 'now-30m', end: 'now', location: 'eu' },
      },
    });
  });

  it.each([
    [{ last: '30m' }, '--baseline and --canary: missing'],
    [{ ...SIDES }, 'say which window to judge'],
    [{ ...SIDES, last: '30m', for: '5m' }, '--last and --for say two windows'],
    [{ ...SIDES, last: '30m', end: 'now' }, '--last and --start/--end say two windows'],
  ])('refuses %j: %s', (flags, message) => {
    expect(() => build(flags)).toThrow(message);
  });

  it('keeps what a file says, but for what flags say', () => {
    const side = { scope: 'a', start: 'now-1h', end: 'now', step: 30 };
    const file = {
      scopes: { default: { controlScope: side, experimentScope: side } },
      thresholds: { pass: 90 },
      siteLocal: { ticket: 7 },
    };
    const request = build({ canary: 'v9', marginal: '60', start: 'now-2h' }, {}, file);
    expect(request).toEqual({
      scopes: {
        default: {
          controlScope: { ...side, start: 'now-2h' },
          experimentScope: { ...side, scope: 'v9', start: 'now-2h' },
        },
      },
      thresholds: { pass: 90, marginal: 60 },
      siteLocal: { ticket: 7 },
    });
  });

  it("takes the config's thresholds, else the usual ones", () => {
    const config = { classifier: { scoreThresholds: { pass: 80, marginal: 50 } } };
    expect(build({ ...SIDES, last: '30m' }, config).thresholds).toEqual({ pass: 80, marginal: 50 });
    expect(build({ ...SIDES, last: '30m', pass: '99' }, config).thresholds).toEqual({ pass: 99, marginal: 50 });
    expect(build({ ...SIDES, last: '30m' }).thresholds).toEqual({ pass: 95, marginal: 75 });
  });
});
