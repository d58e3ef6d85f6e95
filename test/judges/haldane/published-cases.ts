/** The worked cases that the algorithm was published with; NaN is an absent value. */

const N = Number.NaN;
const list = (text: string) => text.split(' ').map((word) => (word === 'N' ? N : Number(word)));
const times = <T>(count: number, make: (t: number) => T) => Array.from({ length: count }, (_, t) => make(t));
const twice = (values: number[]) => [...values, ...values];

/** 100 to 110, and 100 to 112, in an order that looks random. */
export const steadyControl = (points: number) => times(points, (t) => 100 + ((7 * t) % 11));
export const steadyExperiment = (points: number) => times(points, (t) => 100 + ((5 * t + 3) % 13));
const wave = (t: number) => 100 + 10 * Math.sin(t / 5);

export const CASES = {
  G1: {
    control: list('100 102 98 101 99 103 97 100 104 96 101 99'),
    experiment: list('110 113 108 112 109 112 107 111 115 106 110 109'),
  },
  G2: {
    control: list('100 90 110 95 105 120 80 100 115 85 98 102'),
    experiment: list('130 118 125 140 112 128 135 121 119 138 127 124'),
  },
  G3: {
    control: list('100 101 N 99 102 103 98 N 100 97 101 104'),
    experiment: list('104 N 103 104 107 106 101 103 N 102 104 109'),
  },
  G4: { control: list('0 1 0 0 2 0 1 0 0 0 1 0'), experiment: list('3 2 4 1 3 2 5 2 3 1 4 2') },
  G5: { control: times(12, () => 0), experiment: list('1 0 2 1 0 1 3 0 1 1 2 0') },
  G6: {
    control: list('0.011 0.0093 0.0102 0.0118 0.0087 0.0101 0.0095 0.0109 0.0099 0.0104 0.0112 0.009'),
    experiment: list('0 0.1 0 0 0.0909 0 0.1111 0 0.0833 0.1 0 0.2'),
  },
  G7: {
    control: twice(list('100 103 98 101 97 104 99 102 100 96 103 101')),
    experiment: list('101 102 99 100 98 105 98 103 99 97 102 102 152 153 147 151 146 157 149 152 151 143 155 152'),
  },
  G8: { control: times(12, () => 3), experiment: times(12, () => 4) },
  G9: {
    control: list('100 101 99 102 98 100 103 97 101 99 100 102'),
    experiment: list('101 160 100 101 99 170 102 98 100 165 101 103'),
  },
  G10: {
    control: times(60, (t) => wave(t) + ((7 * t) % 11)),
    experiment: times(60, (t) => 1.1 * (wave(t) + ((5 * t + 3) % 13))),
  },
  S1: { control: steadyControl(31), experiment: steadyExperiment(31).map((x, t) => (t >= 24 ? 1.2 * x : x)) },
  S2: {
    control: steadyControl(31),
    experiment: steadyExperiment(31).map((x, t) => (t >= 25 ? x * (1 + (0.3 * (t - 24)) / 6) : x)),
  },
  S3: { control: steadyControl(31), experiment: times(31, (t) => 100 + 5 * (((5 * t + 3) % 13) - 6)) },
  S4: {
    control: steadyControl(31),
    experiment: steadyExperiment(31).map((x, t) => ([4, 11, 12, 19, 27].includes(t) ? 3 * x : x)),
  },
  S5: { control: steadyControl(12), experiment: steadyExperiment(12).map((x, t) => (t >= 9 ? 1.5 * x : x)) },
  S6: {
    control: times(31, (t) => (t % 5 === 0 ? 1 : 0)),
    experiment: times(31, (t) => (t < 24 ? Number(t % 4 === 0) : 2 + (t % 3))),
  },
} as const satisfies Record<string, { control: number[]; experiment: number[] }>;

export type CaseName = keyof typeof CASES;

export const HISTORY_OF_S4 = times(288, (t) => (100 + ((7 * t) % 11)) * (t === 150 ? 2 : 1));

export const RATES_G11 = {
  control: list('2 1 0 3 2 1 2 0 1 2 3 1'),
  experiment: list('1 0 2 1 1 0 2 1 1 1 0 2'),
  requests: {
    control: list('210 190 205 220 200 195 215 185 200 210 230 190'),
    experiment: list('21 19 20 22 20 19 22 18 20 21 23 19'),
  },
};

/** The other arm for the control, and the reverse. */
export const exchanged = ({ control, experiment }: { control: number[]; experiment: number[] }) => ({
  control: experiment,
  experiment: control,
});
