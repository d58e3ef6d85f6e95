import { type RunningServer, startPrometheus } from './prometheus-server.ts';
import { requiredServer } from './required-server.ts';

/** As {@link requiredServer}, with the history of `samples.ts`. */
export function requiredPrometheus(): Promise<RunningServer | undefined> {
  return requiredServer('prometheus', startPrometheus);
}
