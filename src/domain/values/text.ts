import { z } from 'zod';

/** Text. A number or a boolean in its place is read as its text, as Kayenta does. */
export const Text = z.preprocess(
  (value) => (typeof value === 'number' || typeof value === 'boolean' ? String(value) : value),
  z.string(),
);
