import fc from 'fast-check';

/** Characters of all of Unicode, as `fc.string({ unit: 'binary' })` has them; that takes a second to get ready. */
const character = fc
  .oneof(fc.integer({ min: 0, max: 0xd7ff }), fc.integer({ min: 0xe000, max: 0x10ffff }))
  .map((code) => String.fromCodePoint(code));

/** Any text at all, control characters and NUL included. */
export function anyText(limits: { readonly maxLength?: number } = {}): fc.Arbitrary<string> {
  return fc.string({ unit: character, ...limits });
}
