import { problemText } from '../../domain/config-problem.ts';
import type { QueryPreview } from '../../domain/query-preview.ts';
import type { UnknownKey } from '../../domain/unknown-keys.ts';

const OF_METRIC = /^metrics\[(\d+)\]/;

/** The queries of a config's metrics, each with what was written for it that nobody reads. */
export function withUnread(previews: readonly QueryPreview[], unread: readonly UnknownKey[]): QueryPreview[] {
  return previews.map((preview, index) => {
    const own = unread.filter(({ path }) => [undefined, String(index)].includes(OF_METRIC.exec(path)?.[1]));
    const texts = [...(preview.warning === undefined ? [] : [preview.warning]), ...own.map(problemText)];
    return texts.length === 0 ? preview : { ...preview, warning: texts.join(' ') };
  });
}
