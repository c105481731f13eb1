import { cpus, totalmem } from 'node:os';
import { plainTable, styleOf } from '@gaitway/dashboards';
import type { BenchRow, Spread } from './row.ts';

/** What is written with `--json`. */
export interface BenchReport {
  date: string;
  machine: {
    cores: number;
    processor: string;
    memoryGb: number;
    platform: string;
    node: string;
    /** Mean number of processes that wanted a core in the minute before: above the cores, figures are of a busy machine. */
    loadBefore: number;
  };
  repeats: number;
  quick: boolean;
  stores: { redis: boolean; mongo: boolean };
  rows: BenchRow[];
  leftOut: string[];
  failed: { benchmark: string; says: string }[];
}

export function machineOf(loadBefore: number): BenchReport['machine'] {
  const cores = cpus();
  return {
    cores: cores.length,
    processor: cores[0]?.model ?? 'unknown',
    memoryGb: Math.round(totalmem() / 2 ** 30),
    platform: `${process.platform} ${process.arch}`,
    node: process.version,
    loadBefore: Number(loadBefore.toFixed(2)),
  };
}

/** The table for a person; the same rows as in the JSON. */
export function reportText({ machine, repeats, rows, leftOut, failed, date }: BenchReport): string {
  const { cores, processor, memoryGb, node, loadBefore } = machine;
  const table = rows.map(({ row, unit, alternative, ratio, goal, result, ...value }) => [
    row,
    `${spreadText(value)} ${unit}`.trim(),
    alternative ? `${alternative.name}: ${spreadText(alternative)}` : '',
    ratio === undefined ? '' : `${numberText(ratio)}x`,
    goal,
    result === 'none' ? '' : result,
  ]);
  const missed = rows.filter(({ result }) => result === 'missed').length;
  const judged = rows.filter(({ result }) => result !== 'none').length;
  return [
    `${date}, ${cores} cores (${processor}), ${memoryGb} GB, Node ${node}, load before ${loadBefore}`,
    plainTable(
      ['row', `median (least to most) of ${repeats}`, 'alternative', 'ratio', 'goal', ''],
      table,
      null,
      styleOf(false),
    ),
    ...leftOut.map((says) => `Left out: ${says}.`),
    ...failed.map(({ benchmark, says }) => `Failed: ${benchmark}: ${says}.`),
    `${judged - missed} of ${judged} goals met.`,
  ].join('\n');
}

function spreadText({ median, least, most }: Spread): string {
  if (least === most) return numberText(median);
  return `${numberText(median)} (${numberText(least)} to ${numberText(most)})`;
}

/** Three digits that count. */
function numberText(value: number): string {
  if (!Number.isFinite(value)) return 'no figure';
  const size = Math.abs(value);
  if (size >= 1000) return Math.round(value).toLocaleString('en');
  return value.toFixed(size >= 100 || Number.isInteger(value) ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3);
}
