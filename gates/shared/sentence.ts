import type { GateStanding } from '../../src/domain/gate.ts';

/** What is known of a release in one sentence, with the address of the report. */
export function sentenceOf({ verdict, isJudging }: GateStanding): string {
  if (verdict === undefined) return 'Nothing has been judged yet.';
  const more = isJudging && verdict.done ? ', and what came since is being judged' : '';
  return `${verdict.reason.replace(/\.$/, '')}${more} (report: ${verdict.links.report}).`;
}

/** For a tool that shows one line. */
export function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}

/** "12:05:00 UTC" */
export function clockTime(millis: number): string {
  return `${new Date(millis).toISOString().slice(11, 19)} UTC`;
}
