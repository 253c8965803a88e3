import { expect, test } from 'vitest';
import { bytes, decimal, digits, percent, roughly } from '../../../../src/extension/models/amounts';

const plain = (text: string) => text.replaceAll('\u00a0', ' ');

test.each([
  [0, '0 bytes'],
  [999, '999 bytes'],
  [1000, '1 kB'],
  [999_600, '1 MB'],
  [605_243_108, '605 MB'],
  [1_710_540_580, '1.71 GB'],
  [3.2e15, '3,200 TB'],
])('%d bytes are %s', (value, text) => {
  expect(plain(bytes(value))).toBe(text);
});

test('large numbers have three digits', () => {
  expect([512, 151_277_313, 999_600_000, 2_540_000_000].map((value) => plain(roughly(value)))).toEqual([
    '512',
    '151 million',
    '1 billion',
    '2.54 billion',
  ]);
});

test('measured numbers', () => {
  expect([0.12345, 0.00042, 0, 1, -0.5].map(decimal)).toEqual(['0.123', '0.00042', '0', '1', '\u22120.5']);
  expect([612.34, 31.96, 0.0123].map(digits)).toEqual(['612', '32', '0.012']);
  expect([0, 0.0004, 0.1234, 1].map((value) => plain(percent(value)))).toEqual([
    '0 %',
    '<0.1 %',
    '12.3 %',
    '100 %',
  ]);
});
