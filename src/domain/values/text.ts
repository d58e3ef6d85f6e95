import { z } from 'zod';

/** Text. Numbers and booleans are accepted as text, as in Kayenta. */
export const Text = z.preprocess(
  (value) => (typeof value === 'number' || typeof value === 'boolean' ? String(value) : value),
  z.string(),
);
