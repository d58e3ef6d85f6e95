import { readFileSync } from 'node:fs';
import type { LicenseInfo } from 'rolldown-license-plugin';

const HEAD = `Haldane
Licensed under the Apache License, Version 2.0, of which LICENSE is a copy.

The package contains these works of others, each under its own licence.
`;

/** The works of others that are in the package, with their licences. */
export function noticeText(licenses: readonly LicenseInfo[]): string {
  const sorted = [...licenses, ...swaggerUi()].sort((a, b) => (a.name < b.name ? -1 : 1));
  const works = sorted.map(
    ({ name, version, license, licenseText }) =>
      `${'-'.repeat(80)}\n${name} ${version} (${license})\n\n${licenseText.trim()}\n`,
  );
  return [HEAD, ...works].join('\n');
}

/** Its files are copied, not bundled. The package that they come from says of them what they are. */
function swaggerUi(): LicenseInfo[] {
  const folder = new URL('./', import.meta.resolve('@fastify/swagger-ui/package.json'));
  const { name, version, license } = JSON.parse(readFileSync(new URL('package.json', folder), 'utf8'));
  const licenseText = readFileSync(new URL('LICENSE', folder), 'utf8');
  const text = 'Apache License, Version 2.0, of which LICENSE is a copy: swagger-ui/swagger-ui.css and -bundle.js.';
  return [
    { name, version, license, licenseText },
    { name: 'swagger-ui', version: `in ${name} ${version}`, license: 'Apache-2.0', licenseText: text },
  ];
}
