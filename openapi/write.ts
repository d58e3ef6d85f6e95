import { writeFileSync } from 'node:fs';
import { openApiText } from './openapi-text.ts';

// `npm run openapi`: writes the contract anew; look at the difference before you commit it.
writeFileSync(new URL('./openapi.json', import.meta.url), await openApiText());
