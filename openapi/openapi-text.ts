import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import packageJson from '../package.json' with { type: 'json' };
import { providers } from '../providers/index.ts';
import { createApp } from '../src/app.ts';
import { readConfig } from '../src/config/config.ts';

/** The OpenAPI document of the routes, as committed in `openapi/openapi.json`. */
export async function openApiText(): Promise<string> {
  const dataDir = mkdtempSync(join(tmpdir(), 'haldane-openapi-'));
  const config = { ...readConfig({ environment: {}, providers }), dataDir };
  const app = await createApp(config, pino({ level: 'silent' }), packageJson.version);
  try {
    const { body } = await app.http.inject('/v3/api-docs');
    return `${JSON.stringify(JSON.parse(body), null, 2)}\n`;
  } finally {
    await app.close();
    rmSync(dataDir, { recursive: true });
  }
}
