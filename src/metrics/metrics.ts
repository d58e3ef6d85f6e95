import type { CounterName, GaugeName, HistogramName, LabelsOf, Measure } from '../domain/service-metrics.ts';
import { boundedNames } from './bounded-names.ts';
import type { Instruments } from './instruments.ts';
import { OPEN_METRICS_TEXT, PROMETHEUS_TEXT, toOpenMetrics } from './open-metrics.ts';

type GaugeValues = { [Name in GaugeName]: (readonly [labels: LabelsOf<Name>, value: number])[] };

/** The values of gauges; one that is not known has none. */
export type Reading = Readonly<Partial<GaugeValues>>;
type ReadGauges = () => Reading | Promise<Reading>;

export interface MetricsText {
  readonly contentType: string;
  readonly text: string;
}

/** What is kept before the library is loaded, which takes a moment after the start. */
const MOST_KEPT = 10_000;

type Act = (instruments: Instruments) => void;
type Labels = Readonly<Record<string, string>>;

/** What the service counts, and how it is exposed. Its library is loaded when it begins: a start does not wait for it. */
export class Metrics implements Measure {
  readonly #bounded: (application: string) => string;
  readonly #watched: ReadGauges[] = [];
  #kept: Act[] = [];
  #instruments: Instruments | undefined;
  #loading: Promise<Instruments> | undefined;

  /** @param applications so many are told apart */
  constructor(applications: number) {
    this.#bounded = boundedNames(applications);
  }

  count<Name extends CounterName>(name: Name, labels: LabelsOf<Name>): void {
    this.#act((one) => one.count(name, this.#labelled(labels)));
  }

  time<Name extends HistogramName>(name: Name, seconds: number, labels: LabelsOf<Name>): void {
    this.#act((one) => one.time(name, seconds, this.#labelled(labels)));
  }

  /** Reads gauges whenever they are asked for. */
  watch(read: ReadGauges): void {
    this.#watched.push(read);
  }

  /** Loads the library that counts; until then what is counted is kept. */
  begin(): Promise<Instruments> {
    this.#loading ??= this.#load();
    return this.#loading;
  }

  /** @param accept of the request: OpenMetrics where it names that, else Prometheus' text */
  async text(accept: string): Promise<MetricsText> {
    const instruments = await this.begin();
    const readings = await Promise.all(this.#watched.map((read) => read()));
    for (const [name, values] of readings.flatMap((reading) => Object.entries(reading))) {
      const shown = values.map(([labels, value]) => [this.#labelled(labels), value] as const);
      instruments.set(name as GaugeName, shown as never);
    }
    const text = await instruments.text();
    return accept.includes('application/openmetrics-text')
      ? { contentType: OPEN_METRICS_TEXT, text: toOpenMetrics(text) }
      : { contentType: PROMETHEUS_TEXT, text };
  }

  #act(one: Act): void {
    if (this.#instruments !== undefined) one(this.#instruments);
    else if (this.#kept.length < MOST_KEPT) this.#kept.push(one);
  }

  async #load(): Promise<Instruments> {
    const instruments = new (await import('./instruments.ts')).Instruments();
    this.#instruments = instruments;
    for (const one of this.#kept) one(instruments);
    this.#kept = [];
    return instruments;
  }

  /** An application is whatever a request says. */
  #labelled(labels: Labels): Labels {
    const { application } = labels;
    return application === undefined ? labels : { ...labels, application: this.#bounded(application) };
  }
}
