import { readdirSync, readFileSync } from 'node:fs';
import { TemplatePack } from '../../src/domain/template-pack.ts';
import { READ_ONCE } from '../../src/domain/values/read-once.ts';
import { PACKAGE_ROOT } from '../../src/package-root.ts';

const FOLDER = new URL('providers/templates/', PACKAGE_ROOT);

/**
 * Every pack of ready-made metrics: the files of this folder, by id.
 *
 * @throws Error naming file and field of an invalid pack
 */
export function readTemplatePacks(): TemplatePack[] {
  const files = readdirSync(FOLDER).filter((file) => file.endsWith('.json'));
  return files.sort().map(readPack);
}

function readPack(file: string): TemplatePack {
  const parsed = TemplatePack.safeParse(JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')), READ_ONCE);
  const [issue] = parsed.error?.issues ?? [];
  if (!parsed.success) throw new Error(`providers/templates/${file}: ${issue?.path.join('.')}: ${issue?.message}`);
  if (`${parsed.data.id}.json` === file) return parsed.data;
  throw new Error(`providers/templates/${file}: id: '${parsed.data.id}' is not the name of the file`);
}
