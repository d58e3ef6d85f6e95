import type { AxiosAdapter, AxiosStatic } from 'axios';

interface Axios {
  /**
   * axios' own adapter, without the defaults, interceptors and transformations that `axios.request` adds to a config:
   * they take a third of its time, and every field they would add is given here.
   */
  readonly send: AxiosAdapter;
  readonly isAxiosError: AxiosStatic['isAxiosError'];
  readonly AxiosHeaders: AxiosStatic['AxiosHeaders'];
}

let loading: Promise<Axios> | undefined;

/** Not at start: it loads all of Node's HTTP clients. Once: an import that repeats costs as much as parsing an answer. */
export function loadAxios(): Promise<Axios> {
  loading ??= import('axios').then(({ default: { getAdapter, isAxiosError, AxiosHeaders } }) => ({
    send: getAdapter('http'),
    isAxiosError,
    AxiosHeaders,
  }));
  return loading;
}
