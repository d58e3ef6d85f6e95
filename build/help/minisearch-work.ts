import { readFileSync } from 'node:fs';
import type { LicenseInfo } from 'rolldown-license-plugin';

/** Of MiniSearch, a copy of which searches the help in the browser. */
export function minisearchWork(): LicenseInfo {
  const folder = new URL('../../', import.meta.resolve('minisearch'));
  const { name, version, license } = JSON.parse(readFileSync(new URL('package.json', folder), 'utf8'));
  return { name, version, license, licenseText: readFileSync(new URL('LICENSE.txt', folder), 'utf8') };
}
