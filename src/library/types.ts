/** Series of one metric, of both versions. What `GET /metricSetPairList/{id}` answers can be passed on as it is. */
export interface MetricPair {
  /** the metric's, as the config names it */
  readonly name: string;
  /** Of several series of a metric: what tells them apart. */
  readonly tags?: Readonly<Record<string, string>>;
  readonly values: SeriesOfSides;
  /** what the values are events of: requests, where the values are errors */
  readonly denominator?: { readonly values: SeriesOfSides };
  /** the requests behind each value */
  readonly traffic?: { readonly values: SeriesOfSides };
  /** `values.control`: the baseline's own, of the time before */
  readonly history?: { readonly values: SeriesOfSides };
}

/** One value per step, oldest first, in the metric's unit; `null` and NaN are gaps. */
export interface SeriesOfSides {
  /** the baseline's */
  readonly control?: readonly (number | null)[];
  /** the canary's */
  readonly experiment?: readonly (number | null)[];
}

/** What to measure and how to weigh it: Kayenta's config, of which only what judges read has to be there. */
export interface JudgeConfig {
  readonly name?: string;
  readonly judge?: {
    /** "HaldaneJudge-v1.0", "NetflixACAJudge-v1.0", "WelchTJudge-v1.0" or "MannWhitneyJudge-v1.0" */
    readonly name?: string;
    readonly judgeConfigurations?: Readonly<Record<string, unknown>>;
  };
  readonly metrics?: readonly MetricConfig[];
  /** weights of the groups, together 100 */
  readonly classifier?: { readonly groupWeights?: Readonly<Record<string, number>> };
}

export interface MetricConfig {
  readonly name: string;
  readonly groups?: readonly string[];
  /** Haldane's judge reads from a query what kind of series it gives */
  readonly query?: { readonly type: string; readonly [field: string]: unknown };
  readonly analysisConfigurations?: {
    /** `direction`, `critical`, `effectSize` and whatever else the judge knows */
    readonly canary?: Readonly<Record<string, unknown>>;
  };
}

export interface JudgeInput {
  readonly pairs: readonly MetricPair[];
  /** absent: every metric counts alike, and a change in either direction is bad */
  readonly config?: JudgeConfig;
  /** scores of 0 to 100 from which on a canary passes, or is marginal; absent: 95 and 75 */
  readonly thresholds?: { readonly pass: number; readonly marginal: number };
}

export interface JudgeOptions {
  /** Stops judging: rejects with its reason. */
  readonly signal?: AbortSignal;
}

/** The verdict, as `POST /judge` of the service answers it. Numbers may be NaN or infinite. */
export interface JudgeResult {
  readonly judgeName: string;
  readonly score: {
    /** 0 to 100 */
    readonly score: number;
    /** "Pass", "Marginal" or "Fail" */
    readonly classification: string;
    readonly classificationReason: string;
  };
  readonly groupScores: readonly {
    readonly name: string;
    readonly score: number;
    readonly classification: string;
    readonly classificationReason: string;
  }[];
  readonly results: readonly MetricResult[];
}

/** The verdict on one series of a metric. */
export interface MetricResult {
  readonly name: string;
  readonly tags?: Readonly<Record<string, string>> | undefined;
  readonly classification: 'Pass' | 'High' | 'Low' | 'Nodata' | 'NodataFailMetric' | 'Error';
  readonly classificationReason?: string | undefined;
  readonly groups?: readonly string[] | undefined;
  /** whether this metric alone fails the canary */
  readonly critical: boolean;
  /** whether it counts for nothing */
  readonly muted: boolean;
  readonly controlMetadata: { readonly stats: Statistics };
  readonly experimentMetadata: { readonly stats: Statistics };
  /** why: how the judge came to its verdict */
  readonly evidence?: Evidence | undefined;
}

export interface Statistics {
  /** points after missing values and outliers were handled */
  readonly count: number;
  readonly mean: number;
  readonly min: number;
  readonly max: number;
  /** of the sample */
  readonly std: number;
}

/** The most useful of what `Evidence` has in the service's OpenAPI document; all of it is there. */
export interface Evidence {
  /** the statistical test, or why none was made */
  readonly test: string;
  /** the reason in a sentence */
  readonly sentence: string;
  /** the name of the rule that decided */
  readonly clause: string;
  /** what would have changed the verdict, a sentence each */
  readonly wouldPass?: readonly string[] | undefined;
  readonly notes?: readonly string[] | undefined;
  readonly pValue?: number | undefined;
  /** the smallest error budget that would flag the metric, among all metrics */
  readonly adjustedPValue?: number | undefined;
  /** canary over baseline */
  readonly ratioEstimate?: number | undefined;
  readonly ratioInterval?: Interval | undefined;
}

export interface Interval {
  readonly lower: number;
  readonly upper: number;
  /** 0.98 is 98 % */
  readonly confidence: number;
}
