import { describe, expect, it } from 'vitest';
import { companionService, configOf, DENOMINATOR, metric } from '../../support/companion-service.ts';

const { asked, get, run } = companionService();

describe('a percentile with its traffic', () => {
  it('of too few requests is inconclusive, whoever asks for the traffic', async () => {
    const own = await run(configOf([metric('p99', { traffic: { metricName: 'few' } }, { percentile: 0.99 })]));
    const named = await run(configOf([metric('p99', {}, { percentile: 0.99, traffic: 'few' }), metric('few')]));
    for (const { evidence } of [own, named]) {
      expect(evidence).toMatchObject({ clause: 'tooLittleTraffic', outcome: 'Inconclusive' });
    }
    expect(own.pairs[0].traffic.values.experiment[0]).toBe(20);
  });

  it('of enough requests is judged', async () => {
    const { evidence } = await run(
      configOf([metric('p99', { traffic: { metricName: 'requests' } }, { percentile: 0.9 })]),
    );
    expect(evidence.clause).toBe('noHarm');
  });
});

describe("the control's history", () => {
  it('is asked for once a metric, up to the start of the canary, and finds spikes', async () => {
    const { result, evidence, pairs } = await run(configOf([metric('spiky')], { history: '24h' }));
    expect(asked).toHaveLength(3);
    expect(asked.at(-1)).toMatchObject({
      side: 'control',
      scope: { start: '2025-12-31T00:00:00Z', end: '2026-01-01T00:00:00Z' },
    });
    expect(pairs[0].history.values.control).toHaveLength(1440);
    expect(result.classification).toBe('High');
    expect(evidence.decidedBy).toBe('spikes');
    expect(evidence.sentence).toMatch(/5 spikes up .* the control had 0 in 1500/);
    expect(evidence.notes.join()).toMatch(
      /history neighbouring points are expected to correlate by [\d.]+, not by the usual 0.4/,
    );
    const without = await run(configOf([metric('spiky')]));
    expect(without.result.classification).toBe('Pass');
    expect(without.body.fetchReport).toHaveLength(2);
  });

  it('that cannot be had is told, and fails nothing', async () => {
    const { id, body, evidence } = await run(configOf([metric('no history')], { history: '24h' }));
    expect(body.status).toBe('succeeded');
    expect(evidence.notes.join()).toContain('not against its history: nothing is kept so long.');
    expect(body.stageStatus.fetchControl0History).toBe('terminal');
    expect(await get(`/reports/${id}`)).toContain('Not used: nothing is kept so long');
  });

  it('that is too short is told', async () => {
    const { evidence } = await run(configOf([metric('spiky')], { history: '1h' }));
    expect(evidence.notes.join()).toContain('it is 60 points long');
  });

  it('is not held against arms of unequal traffic', async () => {
    const traffic = { metricName: 'requests' };
    const { evidence } = await run(configOf([metric('spiky', { traffic })], { history: '24h' }));
    expect(evidence.notes.join()).toContain('the arms have unequal traffic');
  });

  it('is not asked for of a rate, which has no spikes', async () => {
    const { body } = await run(configOf([metric('errors', DENOMINATOR)], { history: '24h' }));
    expect(body.fetchReport).toHaveLength(4);
  });
});
