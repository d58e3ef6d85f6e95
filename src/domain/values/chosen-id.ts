import { z } from 'zod';

/** An id a client may choose: short enough for a path when escaped, and stored unchanged. */
export const ChosenId = z
  .string()
  .max(256)
  .refine((id) => id.isWellFormed(), 'must not contain half a character');
