import { createHash, randomInt, timingSafeEqual } from 'node:crypto';

const SMALL = 'abcdefghijklmnopqrstuvwxyz0123456789';
const LETTERS = `ABCDEFGHIJKLMNOPQRSTUVWXYZ${SMALL}`;
const ID_LENGTH = 12;
/** 43 of 62 letters are 256 bits: nobody guesses them, so a fast hash is enough. */
const SECRET_LENGTH = 43;

/** As scanners for secrets find it: `haldane_`, an id, `_`, a secret. */
export const TOKEN = new RegExp(`^haldane_([a-z0-9]{${ID_LENGTH}})_[A-Za-z0-9]{${SECRET_LENGTH}}$`);

/** A new token, which is shown once. */
export function newToken(): { readonly id: string; readonly text: string } {
  const id = randomText(SMALL, ID_LENGTH);
  return { id, text: `haldane_${id}_${randomText(LETTERS, SECRET_LENGTH)}` };
}

/** The id in a token; undefined when the text is no token. */
export function tokenIdIn(text: string): string | undefined {
  return TOKEN.exec(text)?.[1];
}

/** SHA-256, in hexadecimal digits. */
export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Takes as long for a text that is nearly right as for one that is wrong. */
export function hasHash(text: string, hash: string): boolean {
  const [own, other] = [Buffer.from(hashOf(text)), Buffer.from(hash)];
  return own.length === other.length && timingSafeEqual(own, other);
}

function randomText(letters: string, length: number): string {
  return Array.from({ length }, () => letters[randomInt(letters.length)]).join('');
}
