/**
 * A real server, or undefined when its program is not installed: tests that need it are then skipped with a message.
 *
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
