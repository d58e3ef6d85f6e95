import type { Gate } from '../src/domain/gate.ts';
import { flagger } from './flagger.ts';

/** Every gate; each becomes routes of the service. */
export const gates: readonly Gate[] = [flagger];
