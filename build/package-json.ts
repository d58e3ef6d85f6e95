interface SourcePackage {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly license: string;
}

/** The `package.json` of the package: that of the repository is for those who work on it. */
export function packageJsonText(source: string): string {
  const { name, version, description, license } = JSON.parse(source) as SourcePackage;
  const built = {
    name,
    version,
    description,
    license,
    keywords: ['canary', 'canary analysis', 'kayenta', 'spinnaker', 'progressive delivery', 'prometheus'],
    type: 'module',
    engines: { node: '^22.16.0 || >=24' },
    bin: { haldane: 'bin/haldane.cjs' },
    files: ['bin', 'lib', 'openapi', 'providers', 'src', 'swagger-ui', 'haldane.example.yml', 'NOTICE', 'CHANGELOG.md'],
    sideEffects: false,
  };
  return `${JSON.stringify(built, null, 2)}\n`;
}
