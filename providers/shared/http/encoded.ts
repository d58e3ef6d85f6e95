/** Encodes parameters with blanks as `%20`: not every server and proxy decodes `+` as a blank. */
export function encoded(parameters: URLSearchParams): string {
  return parameters.toString().replaceAll('+', '%20');
}
