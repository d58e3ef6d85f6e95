interface Release {
  /** "v1.2.3" */
  readonly tag: string;
  /** of package.json */
  readonly version: string;
  readonly changelog: string;
}

/** The changelog's section of a version that is to be released. @throws Error when tag, version and changelog disagree */
export function notesOfVersion({ tag, version, changelog }: Release): string {
  if (tag !== `v${version}`)
    throw new Error(`the tag is '${tag}' and package.json says ${version}; the tag of it is v${version}`);
  const sections = changelog.split(/^(?=## )/m);
  const section = sections.find((text) => text.startsWith(`## ${version},`));
  const [heading = '', ...lines] = section?.split('\n') ?? [];
  if (/^## \S+, \d{4}-\d{2}-\d{2}$/.test(heading)) return `${lines.join('\n').trim()}\n`;
  const found = section === undefined ? 'has no such section' : `has '${heading}'`;
  throw new Error(`CHANGELOG.md ${found}; write '## ${version}, <day>' above what is released, such as 2026-12-01`);
}
