import type { Section } from '../section.ts';
import { canaries } from './canaries.ts';
import { criticalFamilies } from './critical-families.ts';
import { looks } from './looks.ts';
import { past } from './past.ts';
import { rareErrors } from './rare-errors.ts';
import { realPairs } from './real-pairs.ts';
import { signedValues } from './signed-values.ts';
import { simulatedPairs } from './simulated-pairs.ts';
import { situations } from './situations.ts';
import { study } from './study.ts';

/** In the order of the report. A thread is given tasks of its own section only. */
export const SECTIONS: Readonly<Record<string, Section>> = {
  canaries: canaries as Section,
  looks: looks as Section,
  study: study as Section,
  rareErrors: rareErrors as Section,
  criticalFamilies: criticalFamilies as Section,
  signedValues: signedValues as Section,
  past: past as Section,
  situations: situations as Section,
  simulatedPairs: simulatedPairs as Section,
  realPairs: realPairs as Section,
};
