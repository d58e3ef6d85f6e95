/**
 * The order in which Kayenta's judge visits groups, since the last bits of a sum of weights depend on it: up to four in
 * order of appearance, from five on in the order of a hash trie (Scala 2.12's immutable `HashMap`).
 *
 * @param names without repetition, in order of appearance
 */
export function groupOrder(names: readonly string[]): string[] {
  if (names.length <= 4) return [...names];
  return names
    .map((name) => ({ name, key: trieKey(name) }))
    .sort((left, right) => left.key - right.key)
    .map(({ name }) => name);
}

/** The hash in the order in which the trie reads it: five bits at a time, the lowest five first. */
function trieKey(name: string): number {
  let hash = mix(stringHash(name));
  let key = 0;
  for (let level = 0; level < 7; level++) {
    key = key * 32 + (hash & 31);
    hash >>>= 5;
  }
  return key;
}

/** Java's `String.hashCode` */
function stringHash(text: string): number {
  let hash = 0;
  for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0;
  return hash;
}

function mix(hash: number): number {
  let mixed = (hash + ~(hash << 9)) | 0;
  mixed ^= mixed >>> 14;
  mixed = (mixed + (mixed << 4)) | 0;
  return mixed ^ (mixed >>> 10);
}
