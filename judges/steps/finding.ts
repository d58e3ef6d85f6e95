import type { Evidence } from '../../src/domain/canary-judge-result.ts';
import type { SamplePair } from './comparison.ts';
import type { MetricSettings } from './metric-settings.ts';
import type { Clause } from './rules.ts';

/** The input of a sentence. */
export interface Finding {
  readonly name: string;
  readonly clause: Clause;
  readonly samples: SamplePair;
  /** of the query; absent: none is named */
  readonly unit?: string | undefined;
  readonly settings: MetricSettings;
  readonly evidence: Omit<Evidence, 'sentence' | 'rule' | 'wouldPass'>;
  /** why the test could not be done */
  readonly untestable: string | undefined;
  /** why the series pairs with none of the other side */
  readonly unpaired: string | undefined;
  /** infinite values were compared as they are */
  readonly likeKayenta?: true | undefined;
}
