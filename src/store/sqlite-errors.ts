import { CanaryError, messageOf } from '../errors.ts';

/** SQLite's primary result codes that say that the file cannot be used now, and what to do. Source: sqlite.org/rescode */
const REMEDIES: Readonly<Record<number, string>> = {
  3: "check the file's owner and mode",
  5: 'another process has locked it; stop that one',
  6: 'another process has locked it; stop that one',
  8: 'make the file and its folder writable again',
  10: "look at the disk and at the system's log",
  11: 'restore it from a backup',
  13: 'free space on its disk',
  14: 'check that its folder exists and is writable',
  26: 'restore it from a backup',
};

/** Runs one statement of the file. @throws CanaryError STORE_UNUSABLE when it cannot be read or written now */
export function onFile<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const { errcode } = error as { errcode?: unknown };
    const remedy = typeof errcode === 'number' ? REMEDIES[errcode & 0xff] : undefined;
    if (remedy === undefined) throw error;
    throw new CanaryError(
      'STORE_UNUSABLE',
      `The store ${file} cannot be used: ${messageOf(error)}; ${remedy}. The service goes on by itself then.`,
      { cause: error, retryAfterMillis: 5000 },
    );
  }
}
