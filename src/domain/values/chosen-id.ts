import { z } from 'zod';

/** An id a client may choose: short enough for a path, escapes and all, and stored as it is. */
export const ChosenId = z
  .string()
  .max(256)
  .refine((id) => id.isWellFormed(), 'must not contain half a character');
