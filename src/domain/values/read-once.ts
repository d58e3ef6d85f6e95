/** For a schema that reads one value: zod first compiles a schema, which takes longer than reading with it once. */
export const READ_ONCE = { jitless: true } as const;
