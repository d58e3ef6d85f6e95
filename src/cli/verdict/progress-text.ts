import type { Verdict } from './verdict.ts';

/** `running, 40 %, about 30 s left: …` */
export function progressText({ verdict, progress, secondsLeft, reason }: Verdict): string {
  const left = secondsLeft === null ? '' : `, about ${Math.ceil(secondsLeft)} s left`;
  return `${verdict}, ${Math.floor(progress * 100)} %${left}: ${reason}`;
}
