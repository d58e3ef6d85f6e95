/** Servers and proxies reject longer URLs; gunicorn, the usual server of Graphite, beyond 4094 characters. */
const LONGEST_PATH = 3500;

/** Path and parameters of a request: GET, or POST with a form if the URL would be too long. */
export function pathOrForm(path: string, parameters: URLSearchParams): { path: string; form?: URLSearchParams } {
  const whole = `${path}?${parameters}`;
  return whole.length > LONGEST_PATH ? { path, form: parameters } : { path: whole };
}
