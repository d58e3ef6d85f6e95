import { readFileSync, writeFileSync } from 'node:fs';
import { parse } from 'yaml';
import { buildHelm, headingOf, MANIFESTS, manifestOf, renderChart } from '../support/helm.ts';

await buildHelm();
for (const [file, values] of Object.entries(MANIFESTS)) {
  const rendered = await renderChart(parse(readFileSync(values, 'utf8')));
  if (rendered.error !== undefined) throw new Error(`${values}: ${rendered.error}`);
  writeFileSync(file, manifestOf(rendered, headingOf(values)));
}
