import { HARM, SETTINGS } from './hidden-harm.ts';
import { COMPANIONS, SIDES } from './odd-sides.ts';
import type { Situation } from './situation.ts';
import { NOT_COUNTING, WITHOUT_DATA } from './without-data.ts';

export const SITUATIONS: readonly Situation[] = [
  ...WITHOUT_DATA,
  ...NOT_COUNTING,
  ...HARM,
  ...SIDES,
  ...COMPANIONS,
  ...SETTINGS,
];
