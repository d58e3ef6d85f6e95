import { describe, expect, it } from 'vitest';
import { readDuration, readNumber, readString } from '../../../gates/prometheus/promql/literals.ts';
import { parseQuery, parseSelector } from '../../../gates/prometheus/promql/parse.ts';

describe('a query', () => {
  it('has all four matchers, and the escapes of Go in strings', () => {
    expect(parseQuery(`haldane_score{a="1",b!='2',c=~\`x.*\\d\`,d!~"q\\"uo\\u0074e"}`)).toEqual({
      kind: 'selector',
      selector: {
        matchers: [
          { label: '__name__', operator: '=', value: 'haldane_score' },
          { label: 'a', operator: '=', value: '1' },
          { label: 'b', operator: '!=', value: '2' },
          { label: 'c', operator: '=~', value: 'x.*\\d' },
          { label: 'd', operator: '!~', value: 'q"uote' },
        ],
        offsetMillis: 0,
      },
    });
  });

  it('binds as in Prometheus: * before +, comparisons after them, and, then or', () => {
    const shape = (query: string) => {
      const said = (of: ReturnType<typeof parseQuery>): string => {
        if (of.kind === 'number') return String(of.value);
        if (of.kind === 'selector') return of.selector.matchers[0]?.value ?? '';
        return of.kind === 'binary' ? `(${said(of.left)}${of.operator}${said(of.right)})` : of.kind;
      };
      return said(parseQuery(query));
    };
    expect(shape('a + 2 * b > 3 and c or d')).toBe('((((a+(2*b))>3)andc)ord)');
    expect(shape('1 - 2 - 3')).toBe('((1-2)-3)');
  });

  it.each([
    ['rate(haldane_score[5m])', "the function rate is not answered here (in 'rate(haldane_score[5m])')"],
    ['topk(3, haldane_score)', 'the aggregation topk is not answered'],
    ['haldane_score[5m:1m]', 'a subquery is not answered'],
    ['haldane_score @ 12', 'the modifier @ is not answered'],
    ['a * on (x) group_left (y) b', 'the modifier group_left is not answered'],
    ['haldane_score ^ 2', 'the operator ^ is not answered'],
    ['"text"', 'a string as a value is not answered'],
    ['haldane_score[5m]', 'the range haldane_score[5m] must be inside last_over_time or count_over_time'],
    ['haldane_score[1h+5m]', 'must be inside'],
    ['last_over_time(haldane_score[1h+5m])', "the duration '1h+5m' is not answered"],
    ['last_over_time(haldane_score)', 'last_over_time() takes one range'],
    ['vector(haldane_score)', 'vector() takes one number'],
    ['absent(1)', 'absent() takes one list of series'],
    ['sum(1)', 'sum() takes one list of series'],
    ['haldane_score and 1', 'and combines lists of series'],
    ['1 > 2', 'a comparison of two numbers needs bool: write > bool'],
    ['haldane_score + bool 2', 'bool belongs after a comparison'],
    ['{application=~".*"}', 'selects everything; name a metric or a label'],
    ['{}', 'selects everything'],
    ['haldane_score{a="\\q"}', 'has an escape that PromQL does not know'],
    ['haldane_score{', "'haldane_score{' ends too early (character 15)"],
    ['haldane_score haldane_run_done', "cannot be read from 'haldane_run_done' on (character 15)"],
    ['  ', 'query: is missing; send PromQL'],
    [`haldane_score{a="${'x'.repeat(9000)}"}`, 'at most 8192 are read'],
    [`${'('.repeat(60)}1${')'.repeat(60)}`, 'is nested more than 50 deep'],
    [Array(21).fill('haldane_score').join(' or '), 'has more than 20 selectors'],
  ])('%s is refused in words', (query, message) => {
    expect(() => parseQuery(query)).toThrow(message);
  });

  it('is no match[] unless it is a selector', () => {
    expect(parseSelector('haldane_score{a="b"}').matchers).toHaveLength(2);
    for (const text of ['1', 'sum(haldane_score)', 'haldane_score offset 5m']) {
      expect(() => parseSelector(text)).toThrow('is no selector; write one such as');
    }
  });
});

describe('a literal', () => {
  it('is a number as Go writes it', () => {
    const numbers = { '1e3': 1000, '.5': 0.5, '-2': -2, '1_000': 1000, '0x1F': 31, '5m': 300, '-Inf': -Infinity };
    for (const [text, value] of Object.entries(numbers)) expect(readNumber(text)).toBe(value);
    expect(readNumber('NaN')).toBeNaN();
    for (const text of ['', 'x', '1x', '--1']) expect(readNumber(text)).toBeUndefined();
  });

  it('is a duration in the order of its units, or seconds', () => {
    expect(readDuration('1w2d3h4m5s6ms')).toBe(788_645_006);
    expect(readDuration('90')).toBe(90_000);
    for (const text of ['', '5', '1m1h', '5 m', 'm', 'Inf', '1h-'].filter((one) => one !== '5')) {
      expect(readDuration(text)).toBeUndefined();
    }
  });

  it('is a text without its escapes', () => {
    expect(readString('"a\\n\\x41\\101\\U0001F600\\\\"')).toBe('a\nAA😀\\');
    expect(readString('`a\\n`')).toBe('a\\n');
    for (const text of ['"\\z"', '"\\U00FFFFFF"']) expect(readString(text)).toBeUndefined();
  });
});
