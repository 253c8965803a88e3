import { expect, test } from 'vitest';
import { isWithin, type Machine, type Results, withSectionsOf } from '../../../tools/bench/results';
import { atLeast, atMost, besidePytorch, rate, rowBeside, rowWithin, time } from '../../../tools/bench/rows';
import { sectionText } from '../../../tools/bench/tables';

const machine: Machine = {
  processor: 'a processor',
  cores: 2,
  memory: 2 ** 33,
  system: 'Linux 6 x64',
  device: 'cpu',
  threads: 2,
  node: '20',
  onnxruntime: '1',
  pytorch: null,
};

const results = (subject: string, date: string, on = machine): Results => ({
  machine: on,
  sections: [{ group: 'compute', subject, date, rounds: 3, rows: [] }],
});

test('a limit is missed on the right side', () => {
  const of = { what: 'plain', measured: time(100) };
  expect(isWithin(rowBeside('a', time(115), of, atMost(1.15)))).toBe(true);
  expect(isWithin(rowBeside('a', time(116), of, atMost(1.15)))).toBe(false);
  expect(isWithin(rowWithin('a', 51, 50))).toBe(false);
  const beside = (theirs: number, least: number) => ({
    ...rowBeside('a', time(100), of),
    pytorch: [besidePytorch(time(100), 'own way', time(theirs), atLeast(least))],
  });
  expect(isWithin(beside(800, 8))).toBe(true);
  expect(isWithin(beside(799, 8))).toBe(false);
});

test('what is faster has the larger number beside PyTorch, whichever the unit', () => {
  expect(besidePytorch(time(10), 'x', time(80)).ratio).toBe(8);
  expect(besidePytorch(rate(32), 'x', rate(16)).ratio).toBe(2);
});

test('without PyTorch nothing is missed, and the table says why a figure is not there', () => {
  const row = {
    ...rowBeside('attribution', time(100), { what: 'plain', measured: time(100) }),
    pytorch: [besidePytorch(time(100), 'own way', null, atLeast(8))],
  };
  expect(isWithin(row)).toBe(true);
  const section = { group: 'compute', subject: 'B/32', date: '2026-11-23', rounds: 3, rows: [row] } as const;
  expect(sectionText({ ...section, rows: [row] })).toContain('own way: not installed');
});

test('sections of an earlier run stay on the same machine, replaced where measured again', () => {
  const before = {
    ...results('B/32', 'old'),
    sections: [...results('B/32', 'old').sections, ...results('L/14', 'old').sections],
  };
  const now = withSectionsOf(before, results('B/32', 'new'));
  expect(now.sections.map(({ subject, date }) => [subject, date])).toEqual([
    ['L/14', 'old'],
    ['B/32', 'new'],
  ]);
  const other = withSectionsOf(before, results('B/32', 'new', { ...machine, cores: 4 }));
  expect(other.sections).toHaveLength(1);
});
