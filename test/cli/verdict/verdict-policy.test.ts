import { describe, expect, it } from 'vitest';
import { CommandError, EXIT } from '../../../src/cli/command-error.ts';
import { readOptions } from '../../../src/cli/options.ts';
import type { Verdict } from '../../../src/cli/verdict/verdict.ts';
import { exitCodeOf, PolicyOptions, withPolicy } from '../../../src/cli/verdict/verdict-policy.ts';

const verdict = (word: Verdict['verdict'], fields: Partial<Verdict> = {}): Verdict => ({
  verdict: word,
  done: word !== 'running',
  score: ['pass', 'marginal', 'fail'].includes(word) ? 80 : null,
  thresholds: { pass: 95, marginal: 75 },
  reason: '',
  failed: [],
  counted: 1,
  metrics: 1,
  progress: 1,
  secondsLeft: 0,
  links: { report: '' },
  ...fields,
});
const policy = (options = {}) => PolicyOptions.parse(options);
const WORDS = ['pass', 'fail', 'marginal', 'nodata', 'error', 'canceled', 'running'] as const;

describe('exitCodeOf', () => {
  it.each([
    [{}, [0, 1, 2, 2, 3, 3, 3]],
    [{ marginalIs: 'pass' }, [0, 1, 0, 2, 3, 3, 3]],
    [{ marginalIs: 'fail' }, [0, 1, 1, 2, 3, 3, 3]],
    [{ noDataIs: 'fail' }, [0, 1, 2, 1, 3, 3, 3]],
    [{ noDataIs: 'no-verdict' }, [0, 1, 2, 3, 3, 3, 3]],
    [{ failIfUnavailable: true }, [0, 1, 2, 2, 1, 1, 1]],
    [{ failIfUnavailable: true, noDataIs: 'no-verdict' }, [0, 1, 2, 1, 1, 1, 1]],
  ])('with %j', (options, codes) => {
    expect(WORDS.map((word) => exitCodeOf(verdict(word), policy(options)))).toEqual(codes);
  });

  it('is 0 only for what has ended and has a score, whatever a service says', () => {
    const lenient = policy({ marginalIs: 'pass' });
    expect(exitCodeOf(verdict('pass', { done: false }), lenient)).toBe(3);
    expect(exitCodeOf(verdict('pass', { score: null }), lenient)).toBe(3);
    expect(exitCodeOf(verdict('marginal', { done: false }), lenient)).toBe(3);
  });

  it('lets no option make a pass of what was never judged', () => {
    expect(() => readOptions(PolicyOptions, { noDataIs: 'pass' })).toThrow(
      "--no-data-is: 'pass' would let a version go on of which nothing is known; known: inconclusive, fail, no-verdict",
    );
    expect(() => readOptions(PolicyOptions, { marginalIs: 'passs' })).toThrow('(did you mean pass?)');
  });
});

describe('withPolicy', () => {
  const thrown = (exitCode: 3 | 64) => async () => {
    throw new CommandError(exitCode, 'no');
  };

  it('counts an unreachable service as a failure where that was asked for, and wrong usage never', async () => {
    await expect(withPolicy(policy(), thrown(EXIT.unreachable))).rejects.toMatchObject({ exitCode: 3 });
    const strict = policy({ failIfUnavailable: true });
    await expect(withPolicy(strict, thrown(EXIT.unreachable))).rejects.toMatchObject({ exitCode: 1 });
    await expect(withPolicy(strict, thrown(EXIT.usage))).rejects.toMatchObject({ exitCode: 64 });
  });
});
