/** What was given cannot be judged. The message names the field, the value and the remedy. */
export class InputError extends Error {
  constructor(message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.name = 'InputError';
  }
}
