/**
 * The sums over t of x[t] x[t - k] for k = 0 … maxLag, by the fast Fourier transform: n log n steps instead of
 * n maxLag. Absolute error about 1e-15 of the sum of squares.
 *
 * Source: the Wiener-Khinchin theorem; the transform is that of J. W. Cooley and J. W. Tukey, "An Algorithm for the
 * Machine Calculation of Complex Fourier Series", Math. Comp. 19 (1965), radix 2, in place.
 *
 * @example laggedProducts([1, 2, 3], 1) // [14, 8]
 */
export function laggedProducts(x: ArrayLike<number>, maxLag: number): Float64Array {
  // Lags beyond size - n would meet the series again from its other end.
  const size = powerOfTwoFrom(x.length + maxLag);
  const real = new Float64Array(size);
  const imaginary = new Float64Array(size);
  real.set(x);
  transform(real, imaginary);
  for (let i = 0; i < size; i++) {
    real[i] = squaredLength(real[i] as number, imaginary[i] as number);
    imaginary[i] = 0;
  }
  // The spectrum of a real series is even, so that forward and inverse transform differ by the factor alone.
  transform(real, imaginary);
  return real.subarray(0, maxLag + 1).map((sum) => sum / size);
}

function squaredLength(x: number, y: number): number {
  return x * x + y * y;
}

function powerOfTwoFrom(size: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(2, size)));
}

function transform(real: Float64Array, imaginary: Float64Array): void {
  reverseBits(real, imaginary);
  const size = real.length;
  const cosines = Float64Array.from({ length: size / 2 }, (_, i) => Math.cos((2 * Math.PI * i) / size));
  const sines = Float64Array.from({ length: size / 2 }, (_, i) => -Math.sin((2 * Math.PI * i) / size));
  for (let half = 1; half < size; half *= 2) {
    const stride = size / (2 * half);
    for (let start = 0; start < size; start += 2 * half) {
      for (let i = 0; i < half; i++) {
        const near = start + i;
        const far = near + half;
        const cosine = cosines[i * stride] as number;
        const sine = sines[i * stride] as number;
        const turnedReal = (real[far] as number) * cosine - (imaginary[far] as number) * sine;
        const turnedImaginary = (real[far] as number) * sine + (imaginary[far] as number) * cosine;
        real[far] = (real[near] as number) - turnedReal;
        imaginary[far] = (imaginary[near] as number) - turnedImaginary;
        real[near] = (real[near] as number) + turnedReal;
        imaginary[near] = (imaginary[near] as number) + turnedImaginary;
      }
    }
  }
}

function reverseBits(real: Float64Array, imaginary: Float64Array): void {
  const size = real.length;
  for (let i = 1, j = 0; i < size; i++) {
    let bit = size >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i >= j) continue;
    exchange(real, i, j);
    exchange(imaginary, i, j);
  }
}

function exchange(values: Float64Array, i: number, j: number): void {
  const value = values[i] as number;
  values[i] = values[j] as number;
  values[j] = value;
}
