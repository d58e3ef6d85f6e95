import type { LicenseInfo } from 'rolldown-license-plugin';

const HEAD = `Haldane
Licensed under the Apache License, Version 2.0, of which LICENSE is a copy.

The package contains these works of others, each under its own licence.
`;

/** The works of others that are in the package, with their licences. */
export function noticeText(works: readonly LicenseInfo[]): string {
  const texts = works.map(
    ({ name, version, license, licenseText }) =>
      `${'-'.repeat(80)}\n${name} ${version} (${license})\n\n${licenseText.trim()}\n`,
  );
  return [HEAD, ...texts].join('\n');
}
