/** A field of a protobuf message: a number, or bytes. Fixed 64 and 32 bits are bytes. */
export interface WireField {
  readonly number: number;
  readonly value: bigint | Buffer;
}

/** Bytes after a tag, by wire type: https://protobuf.dev/programming-guides/encoding/. */
const FIXED: Readonly<Record<number, number>> = { 1: 8, 5: 4 };

/** The fields of a message, in their order. */
export function readFields(message: Buffer): WireField[] {
  const fields: WireField[] = [];
  let at = 0;
  const varint = () => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = message[at++];
      if (byte === undefined) throw new Error(`the message ends within a number at byte ${at}`);
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < message.length) {
    const tag = Number(varint());
    const [number, type] = [tag >> 3, tag & 7];
    if (type === 0) {
      fields.push({ number, value: varint() });
      continue;
    }
    const length = type === 2 ? Number(varint()) : FIXED[type];
    if (length === undefined || at + length > message.length) throw new Error(`no wire type ${type} at byte ${at}`);
    fields.push({ number, value: message.subarray(at, at + length) });
    at += length;
  }
  return fields;
}
