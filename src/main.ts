import { messageOf } from './errors.ts';
import { serve } from './serve.ts';

await serve(process.env).catch((error: unknown) => {
  process.stderr.write(`haldane: ${messageOf(error)}\n`);
  process.exitCode = 1;
});
