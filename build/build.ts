import { buildPackage } from './build-package.ts';

// `npm run build`: makes in `dist` what `npm publish ./dist` publishes and the image holds.
const folder = process.argv[2] ?? 'dist';
const { chunks, works } = await buildPackage(folder, process.env.GITHUB_REPOSITORY);
const kilobytes = Math.round(chunks.reduce((sum, { code }) => sum + code.length, 0) / 1024);
process.stdout.write(`${folder}: ${kilobytes} kB in ${chunks.length} chunks, with ${works.length} works of others\n`);
