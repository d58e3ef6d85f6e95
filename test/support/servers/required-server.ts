/**
 * A real server, or undefined where its program is not there: the tests that need it are left out then, and say so.
 * @throws Error on a build server (`CI`), which must have it
 */
export async function requiredServer<Server>(
  program: string,
  start: () => Promise<Server | undefined>,
): Promise<Server | undefined> {
  const server = await start();
  if (server !== undefined) return server;
  const message = `no ${program} on PATH; test/tools/install-debian.sh gets one`;
  if (process.env.CI) throw new Error(message);
  console.warn(`skipped: ${message}`);
  return undefined;
}
