import { describe, expect, it } from 'vitest';
import { createJudges } from '../../judges/index.ts';
import { SETTING_SECTIONS } from '../../src/domain/setting-sections.ts';
import { judgeChoice } from '../../src/web/configs/setting-fields.ts';

const choices = createJudges({}).map((judge) => judgeChoice(judge));

describe.each(choices)('the form of $name', ({ name, settings, metricSettings }) => {
  it('shows each setting of a metric in a section, with a label and a line of help', () => {
    for (const field of name === 'RemoteJudge-v1.0' ? [] : metricSettings) {
      expect(Object.keys(SETTING_SECTIONS), field.name).toContain(field.section);
      expect(field.label, field.name).toMatch(/^[A-Z]/);
      expect(field.label).not.toBe(field.name);
      expect(field.about, field.name).toMatch(/\w{3}/);
    }
  });

  it('shows each setting for all metrics with a label and a line of help', () => {
    for (const { name: field, label, about } of settings)
      expect([field, label !== field, about !== '']).toEqual([field, true, true]);
  });
});

it('HaldaneJudge has a field for all that it accepts, in the order in which people think', () => {
  const haldane = choices.find(({ name }) => name === 'HaldaneJudge-v1.0');
  const inSection = (section: string) =>
    haldane?.metricSettings.filter((field) => field.section === section).map(({ name }) => name);
  const limits = ['allowedIncrease', 'allowedDecrease', 'criticalIncrease', 'criticalDecrease'];
  expect(inSection('harm')).toEqual([
    ...['direction', 'importance', ...limits.map((name) => `effectSize.${name}`)],
    ...['minimumEffect', 'absoluteFloor', 'critical', 'muted'],
  ]);
  expect(inSection('requests')).toEqual(['ratioOf', 'valuesAre', 'requestsPer', 'traffic', 'percentile']);
  expect(inSection('data')).toEqual(['noData', 'mustHaveData', 'nanStrategy', 'warmUpMinutes']);
  expect(inSection('doubt')).toEqual(['inconclusive']);
  expect(haldane?.settings.map(({ name }) => name)).toEqual([
    ...['errorBudget', 'verdict', 'inconclusive', 'recovered', 'marginal', 'arms.traffic', 'windows.late'],
    ...['history', 'passEarly', 'delta', 'tau', 'prior', 'scatterLimit'],
  ]);
  expect(haldane?.readsCompanions).toBe(true);
});
