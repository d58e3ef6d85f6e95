interface SourcePackage {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly license: string;
}

/**
 * The `package.json` of the package: that of the repository is for those who work on it.
 *
 * @param repository `owner/name` on GitHub; npm compares it with where the package was built
 */
export function packageJsonText(source: SourcePackage, repository: string | undefined): string {
  const { name, version, description, license } = source;
  const built = {
    name,
    version,
    description,
    license,
    ...(repository && { repository: { type: 'git', url: `git+https://github.com/${repository}.git` } }),
    keywords: ['canary', 'canary analysis', 'kayenta', 'spinnaker', 'progressive delivery', 'prometheus'],
    type: 'module',
    engines: { node: '^22.16.0 || >=24' },
    bin: { haldane: 'bin/haldane.cjs' },
    exports: {
      '.': { types: './types/index.d.ts', default: './lib/index.js' },
      './package.json': './package.json',
    },
    files: [
      'bin',
      'lib',
      'types',
      'openapi',
      'providers',
      'src',
      'swagger-ui',
      'query-editor',
      'help',
      'haldane.example.yml',
      'NOTICE',
      'sbom.cdx.json',
      'CHANGELOG.md',
    ],
  };
  return `${JSON.stringify(built, null, 2)}\n`;
}
