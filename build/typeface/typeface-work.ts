import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { LicenseInfo } from 'rolldown-license-plugin';

/** Of the typeface, a subset of which is committed; `subset.py` makes it. */
export function typefaceWork(): LicenseInfo {
  const folder = createRequire(import.meta.url).resolve('@fontsource-variable/atkinson-hyperlegible-next/package.json');
  const { name, version, license } = JSON.parse(readFileSync(folder, 'utf8'));
  return { name, version, license, licenseText: readFileSync(folder.replace(/package\.json$/, 'LICENSE'), 'utf8') };
}
