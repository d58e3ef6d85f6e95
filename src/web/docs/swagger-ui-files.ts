import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { PACKAGE_ROOT } from '../../package-root.ts';

/** What `/docs` shows operations with. */
export const SWAGGER_UI_FILES = ['swagger-ui.css', 'swagger-ui-bundle.js'] as const;
type SwaggerUiFile = (typeof SWAGGER_UI_FILES)[number];

const TYPES: Readonly<Record<SwaggerUiFile, string>> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
};

/** Only the page of the API needs them, and they are large, so they are read when asked for. */
export async function swaggerUiFile(name: SwaggerUiFile): Promise<{ readonly type: string; readonly text: Buffer }> {
  return { type: TYPES[name], text: await readFile(new URL(name, swaggerUiFolder())) };
}

/** The built package has copies; in the repository they are the dependency's. */
export function swaggerUiFolder(): URL {
  const copied = new URL('swagger-ui/', PACKAGE_ROOT);
  return existsSync(copied) ? copied : new URL('static/', import.meta.resolve('@fastify/swagger-ui/package.json'));
}
