/** Servers and proxies refuse longer addresses; gunicorn, the usual server of Graphite, does beyond 4094 characters. */
const LONGEST_PATH = 3500;

/** Path and parameters of a question: a GET, or a POST with a form where the address would be too long. */
export function pathOrForm(path: string, parameters: URLSearchParams): { path: string; form?: URLSearchParams } {
  const whole = `${path}?${parameters}`;
  return whole.length > LONGEST_PATH ? { path, form: parameters } : { path: whole };
}
