import { readFileSync } from 'node:fs';
import type { LicenseInfo } from 'rolldown-license-plugin';

/** Of Swagger UI, whose files are copied and not bundled, and of the package they come from, which says its version. */
export function swaggerUiWorks(): LicenseInfo[] {
  const folder = new URL('./', import.meta.resolve('@fastify/swagger-ui/package.json'));
  const manifest = JSON.parse(readFileSync(new URL('package.json', folder), 'utf8'));
  const { name, version, license, devDependencies } = manifest;
  return [
    { name, version, license, licenseText: readFileSync(new URL('LICENSE', folder), 'utf8') },
    {
      name: 'swagger-ui',
      version: devDependencies['swagger-ui-dist'],
      license: 'Apache-2.0',
      licenseText: 'The files below swagger-ui. Apache License, Version 2.0, of which LICENSE is a copy.',
    },
  ];
}
