import { writeFileSync } from 'node:fs';
import { openApiText } from './openapi-text.ts';

// `npm run openapi`: rewrites the contract; review the diff before you commit it.
writeFileSync(new URL('./openapi.json', import.meta.url), await openApiText());
