import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { parser } from '@prometheus-io/lezer-promql';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readTable } from '../support/read-table.ts';
import { findProgram } from '../support/servers/prometheus-server.ts';

const RULES = 'deploy/prometheus/haldane-rules.yml';
const DASHBOARD = 'deploy/grafana/haldane.json';
const promtool = findProgram('promtool') ?? '';
if (promtool === '') throw new Error('no promtool on PATH; test/tools/install-debian.sh gets one');

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
}

const dashboard = JSON.parse(readFileSync(DASHBOARD, 'utf8')) as {
  readonly panels: readonly Panel[];
  readonly templating: {
    readonly list: readonly { readonly name: string; readonly query: string | { query: string } }[];
  };
};
const drawn = dashboard.panels.filter(({ type }) => type !== 'row');

/** By name, the labels that a metric has; every sample of a scrape has job and instance too. */
const known = new Map(
  readTable(new URL('../../docs/operations/metrics.md', import.meta.url), 'Labels').map(
    ([name = '', type, , labels = '']) => [
      plain(name),
      { type, labels: [...plain(labels).split(', '), 'job', 'instance'] },
    ],
  ),
);

function plain(cell: string): string {
  return cell.replaceAll('`', '');
}

/** Variables as Grafana fills them in. */
function filled(expression: string): string {
  return expression.replaceAll(/\$__(rate_)?interval/g, '5m').replaceAll(/"\$\w+"/g, '".*"');
}

interface Selected {
  readonly metric: string;
  readonly labels: readonly string[];
}

/** What an expression selects, by Prometheus' own grammar. @throws Error where it is no PromQL */
function selectedBy(expression: string): Selected[] {
  const selected: { metric: string; labels: string[] }[] = [];
  parser.parse(expression).iterate({
    enter({ type, from, to }) {
      const text = expression.slice(from, to);
      if (type.isError) throw new Error(`no PromQL at ${from}: ${expression}`);
      if (type.name === 'VectorSelector') selected.push({ metric: /^\w+/.exec(text)?.[0] ?? '', labels: [] });
      if (type.name === 'LabelName') selected.at(-1)?.labels.push(text);
    },
  });
  return selected;
}

/** Names that `/metrics` has not, as a list of what is wrong. */
function unknownIn(expression: string): string[] {
  return selectedBy(expression).flatMap(({ metric, labels }) => {
    if (metric === 'up') return [];
    const family = metric.replace(/_(bucket|sum|count)$/, '');
    const own = known.get(metric) ?? (known.get(family)?.type === 'histogram' ? known.get(family) : undefined);
    if (own === undefined) return [metric];
    return labels
      .filter((label) => label !== 'le' && !own.labels.includes(label))
      .map((label) => `${metric}{${label}}`);
  });
}

describe('the alert rules', () => {
  const { groups } = parse(readFileSync(RULES, 'utf8')) as {
    groups: { rules: { alert: string; expr: string; annotations: { summary: string } }[] }[];
  };
  const rules = groups.flatMap((group) => group.rules);

  it('pass promtool, which also finds that they fire when they should and not else', async () => {
    const run = promisify(execFile);
    const checked = await run(promtool, ['check', 'rules', RULES]);
    expect(checked.stdout).toContain(`SUCCESS: ${rules.length} rules found`);
    const tested = await run(promtool, ['test', 'rules', 'deploy/prometheus/haldane-rules.test.yml']);
    expect(tested.stdout).toContain('SUCCESS');
  });

  it.each(rules)('name only metrics and labels that there are: $alert', ({ expr }) => {
    expect(selectedBy(expr)).not.toEqual([]);
    expect(unknownIn(expr)).toEqual([]);
  });
});

describe('the dashboard', () => {
  it.each(drawn)('asks in PromQL for metrics and labels that there are: $title', ({ targets = [] }) => {
    expect(targets).not.toEqual([]);
    for (const { expr, legendFormat } of targets) {
      expect(unknownIn(filled(expr))).toEqual([]);
      const shown = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = '']) => label);
      const possible = selectedBy(filled(expr)).flatMap(
        ({ metric }) => known.get(metric.replace(/_bucket$/, ''))?.labels,
      );
      expect(shown.filter((label) => !possible.includes(label))).toEqual([]);
    }
  });

  it('fills its variables from metrics that there are', () => {
    const queries = dashboard.templating.list.flatMap(({ query }) => (typeof query === 'string' ? [] : [query.query]));
    expect(queries).toHaveLength(2);
    for (const query of queries) {
      const [, selector = '', label = ''] = /^label_values\((.*), (\w+)\)$/.exec(query) ?? [];
      expect(unknownIn(filled(selector))).toEqual([]);
      expect(known.get(/^\w+/.exec(selector)?.[0] ?? '')?.labels).toContain(label);
    }
  });

  it('has panels that lie beside each other, each with an id of its own', () => {
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
    const cells = dashboard.panels.flatMap(({ title, gridPos: { x, y, w, h } }) => {
      expect([title, x + w <= 24]).toEqual([title, true]);
      return Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)},${y + Math.floor(cell / w)}`);
    });
    expect(new Set(cells).size).toBe(cells.length);
  });

  it('notices names that there are not, and what is no PromQL', () => {
    expect(unknownIn('rate(haldane_runs_totl[5m])')).toEqual(['haldane_runs_totl']);
    expect(unknownIn('haldane_runs_total{app="x"}')).toEqual(['haldane_runs_total{app}']);
    expect(() => selectedBy('sum(haldane_runs_total')).toThrow('no PromQL');
  });
});
