/** The folder with `providers/templates`, `openapi` and `src/web/assets`: of the repository, or of the built package. */
export const PACKAGE_ROOT = new URL('../', import.meta.url);
