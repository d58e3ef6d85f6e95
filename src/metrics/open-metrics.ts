export const PROMETHEUS_TEXT = 'text/plain; version=0.0.4; charset=utf-8';
export const OPEN_METRICS_TEXT = 'application/openmetrics-text; version=1.0.0; charset=utf-8';

/**
 * Prometheus' text as OpenMetrics 1.0: the family of a counter has no `_total`, there are no empty lines, and an end.
 * prom-client writes it too, but renames its counters for good when it does.
 */
export function toOpenMetrics(text: string): string {
  const counters = new Set([...text.matchAll(/^# TYPE (\S+)_total counter$/gm)].map(([, family]) => `${family}_total`));
  const lines = text.split('\n').filter((line) => line !== '');
  const families = lines.map((line) => {
    const [, keyword = '', name = '', rest = ''] = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line) ?? [];
    return counters.has(name) ? `# ${keyword} ${name.slice(0, -'_total'.length)} ${rest}` : line;
  });
  return `${families.join('\n')}\n# EOF\n`;
}
