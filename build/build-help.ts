import { buildSite } from './help/build-site.ts';

// `npm run docs:site`: makes in `help` what the service shows at /help, of the documents. Dead links fail it.
const folder = process.argv[2] ?? 'help';
try {
  process.stdout.write(`${folder}: ${await buildSite(folder)} pages\n`);
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}
