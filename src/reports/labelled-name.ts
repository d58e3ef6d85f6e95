import type { Tags } from '../domain/values/tags.ts';

/** The name of a metric, with the tags that tell its series apart: `latency {zone=a}`. */
export function labelledName({ name, tags = {} }: { readonly name: string; readonly tags?: Tags | undefined }): string {
  const texts = Object.entries(tags).map(([key, value]) => `${key}=${value}`);
  return texts.length === 0 ? name : `${name} {${texts.join(', ')}}`;
}
