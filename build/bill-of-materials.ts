import type { LicenseInfo } from 'rolldown-license-plugin';

/** What is bundled, as CycloneDX 1.6: for whoever looks for packages with known weaknesses. */
export function billOfMaterials(version: string, licenses: readonly LicenseInfo[]): string {
  const components = licenses.map((work) => ({
    type: 'library',
    'bom-ref': purlOf(work),
    name: work.name,
    version: work.version,
    licenses: [{ license: { id: work.license } }],
    purl: purlOf(work),
  }));
  const haldane = { type: 'application', 'bom-ref': `pkg:npm/haldane@${version}`, name: 'haldane', version };
  const bill = { bomFormat: 'CycloneDX', specVersion: '1.6', version: 1, metadata: { component: haldane }, components };
  return `${JSON.stringify(bill, null, 2)}\n`;
}

/** `pkg:npm/%40fastify/error@4.2.1` */
function purlOf({ name, version }: LicenseInfo): string {
  return `pkg:npm/${name.replace('@', '%40')}@${version}`;
}
