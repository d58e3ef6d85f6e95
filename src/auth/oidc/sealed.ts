import { createHash } from 'node:crypto';

/** Texts that only we can read and write, for cookies: encrypted with AES-256-GCM, and good for a time. */
export interface Seal {
  /** @param lifetimeSeconds after which it cannot be opened any more */
  close(content: Readonly<Record<string, unknown>>, lifetimeSeconds: number): Promise<string>;
  /** @returns undefined when it is not ours, of another purpose, or too old */
  open(text: string): Promise<Readonly<Record<string, unknown>> | undefined>;
}

/** @param purpose what is sealed for one cannot be opened for another */
export function createSeal(secret: string, purpose: string): Seal {
  const key = createHash('sha256').update(`haldane ${purpose} ${secret}`).digest();
  return {
    async close(content, lifetimeSeconds) {
      const { EncryptJWT } = await import('jose');
      const jwt = new EncryptJWT(content).setProtectedHeader({ alg: 'dir', enc: 'A256GCM' });
      return jwt.setExpirationTime(`${lifetimeSeconds}s`).encrypt(key);
    },
    async open(text) {
      const { jwtDecrypt } = await import('jose');
      try {
        const options = { keyManagementAlgorithms: ['dir'], contentEncryptionAlgorithms: ['A256GCM'] };
        return (await jwtDecrypt(text, key, { ...options, requiredClaims: ['exp'] })).payload;
      } catch {
        return undefined;
      }
    },
  };
}
