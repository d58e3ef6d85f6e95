import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { siteMap } from '../build/help/site-map.ts';
import { createJudges } from '../judges/index.ts';
import packageJson from '../package.json' with { type: 'json' };
import { providers } from '../providers/index.ts';
import { readConfig } from '../src/config/config.ts';

const DOCUMENTS = [...siteMap('.').flatMap(({ pages }) => pages.map(({ source }) => source)), 'test/README.md'];
const read = (file: string) => readFileSync(file, 'utf8');

describe.each(DOCUMENTS)('%s', (file) => {
  it('links only to what there is', () => {
    const links = [...read(file).matchAll(/\]\((?!https?:)([^)#]+)[^)]*\)/g)].map(([, link = '']) => link);
    expect(links.filter((link) => !existsSync(join(dirname(file), link)))).toEqual([]);
  });

  it('names only npm scripts and files that there are', () => {
    const scripts = [...read(file).matchAll(/npm run ([\w:]+)/g)].map(([, name = '']) => name);
    expect(scripts.filter((name) => !(name in packageJson.scripts))).toEqual([]);
    const files = [...read(file).matchAll(/(?:bash|npx vitest run|node) ((?:test|src|deploy|openapi)\/[\w./-]+)/g)].map(
      ([, name = '']) => name,
    );
    expect(files.filter((name) => !existsSync(name))).toEqual([]);
  });
});

describe('the documents', () => {
  it('name every provider and every judge', () => {
    for (const { type } of providers) expect(read('providers/README.md')).toContain(`\`${type}\``);
    for (const { name } of createJudges({ remoteJudge: { baseUrl: 'http://127.0.0.1:1' } }))
      expect(read('judges/README.md')).toContain(name);
  });

  it('quote what the bench has measured', () => {
    const rows = read('docs/judge-measured.md')
      .split('\n')
      .map((line) => line.split('|').map((cell) => cell.trim()))
      .filter(([, , source = '', judge]) => source.endsWith('canaries.jsonl.gz') && judge === 'Haldane');
    // The first table that has such rows: points, canaries, judge, false alarm, Fail, and what is found.
    for (const points of ['12', '60']) {
      const [, , , , alarm, , ...found] = rows.find((row) => row[1] === points) ?? [];
      const shares = [alarm, ...found.slice(0, 3)].map((cell = '') => `${Number.parseFloat(cell)} %`);
      const quoted = read('judges/README.md')
        .split('\n')
        .find((line) => line.includes(`${points} points: **Haldane`));
      expect(
        quoted
          ?.replaceAll('**', '')
          .match(/[\d.]+ %/g)
          ?.map((share) => `${Number.parseFloat(share)} %`),
      ).toEqual(shares);
    }
  });

  it('justify every dependency', () => {
    const packages = Object.keys({ ...packageJson.dependencies, ...packageJson.devDependencies });
    const free = ['node', '@types/node'];
    expect(packages.filter((name) => !free.includes(name) && !read('DECISIONS.md').includes(name))).toEqual([]);
  });

  it('show a configuration that holds, with the defaults of the program', () => {
    const shown = readConfig({ text: read('haldane.example.yml'), environment: {}, providers });
    const { accounts: _, ...defaults } = readConfig({ environment: {}, providers });
    expect(shown).toMatchObject(defaults);
  });

  it('have a compose file whose volumes, commands and configuration exist', () => {
    const { services } = parse(read('docker-compose.yml')) as { services: Record<string, { volumes?: string[] }> };
    expect(Object.keys(services)).toEqual(['haldane', 'prometheus', 'app-stable', 'app-canary']);
    const mounted = Object.values(services).flatMap(({ volumes = [] }) =>
      volumes.map((volume) => volume.split(':')[0] ?? ''),
    );
    expect(mounted.filter((path) => path.startsWith('.') && !existsSync(path))).toEqual([]);
    const environment = { PROMETHEUS_URL: 'http://prometheus:9090' };
    expect(readConfig({ text: read('deploy/compose/haldane.yml'), environment, providers }).accounts).toHaveLength(1);
  });

  it('name exact versions of images, which a digest can replace', () => {
    const node = `node:${packageJson.devDependencies.node}-slim`;
    expect(read('Dockerfile')).toContain(`ARG NODE_IMAGE=${node}\nFROM \${NODE_IMAGE} AS build\n`);
    const images = [...read('docker-compose.yml').matchAll(/(?:image|NODE_IMAGE): (\S+)/g)].map(([, image]) => image);
    const asNode = `\${NODE_IMAGE:-${node}}`;
    expect(images).toEqual([
      asNode,
      expect.stringMatching(/^\$\{PROMETHEUS_IMAGE:-\S+:v\d+\.\d+\.\d+\}$/),
      asNode,
      asNode,
    ]);
  });

  it('have a Dockerfile that copies only what there is', () => {
    const sources = [...read('Dockerfile').matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, paths = '']) =>
      paths.split(' '),
    );
    expect(sources).toEqual(['package.json', 'package-lock.json', '.']);
    expect(sources.filter((path) => !existsSync(path))).toEqual([]);
  });
});
