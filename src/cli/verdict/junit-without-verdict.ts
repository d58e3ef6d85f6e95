import { messageOf } from '../../errors.ts';
import type { Judged } from './verdict.ts';
import { writeText } from './verdict-output.ts';

/** A JUnit file for a CI that shows nothing else: one test, which could not be done. */
export function junitWithoutVerdict(file: string, { id }: Judged, error: unknown): void {
  const message = escaped(messageOf(error));
  writeText(
    file,
    `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="haldane" tests="1" failures="0" errors="1">
  <testsuite name="canary ${escaped(id)}" tests="1" failures="0" errors="1">
    <testcase classname="haldane" name="verdict"><error message="${message}"/></testcase>
  </testsuite>
</testsuites>
`,
  );
}

function escaped(text: string): string {
  return text
    .replaceAll(/\p{Cc}+/gu, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('"', '&quot;');
}
