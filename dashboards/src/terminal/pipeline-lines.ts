import type { RunPipeline } from '@gaitway/contract';
import { numberText } from './number-text.ts';
import { harmless } from './style.ts';

const MINUTE_MS = 60_000;

/** Who assessed, what became of insights, and of an update wave: for a run's summary, what there was and no more. */
export function pipelineLines({ model, candidate, insights, updateWave }: RunPipeline): string[] {
  const beside = candidate === undefined ? '' : `; ${candidateText(candidate)}`;
  return [
    `Model: ${namedText(model)}${beside}.`,
    ...insightLines(insights),
    ...(updateWave ? [`Update wave: ${waveText(updateWave)}.`] : []),
  ].map(harmless);
}

function namedText({ version, file }: { version: string; file?: string }): string {
  return file === undefined ? version : `${version} of ${file}`;
}

function candidateText({ use, share, stoppedBy, ...named }: NonNullable<RunPipeline['candidate']>): string {
  if (use === 'shadow') return `${namedText(named)} beside it, in shadow`;
  if (stoppedBy.length > 0) return `${namedText(named)} was taken back (${stoppedBy.join(', ')})`;
  return `${namedText(named)} spoke of ${share === null ? 'an unknown share' : `${numberText(100 * share)} %`} of the patients at the end`;
}

function insightLines({ everyMs, counts }: RunPipeline['insights']): string[] {
  if (counts === undefined) return [];
  const { written, sentencesKept, sentencesRemoved, fallBacks, calls } = counts;
  if (everyMs === 0 && total(written) + calls === 0) return [];
  const removed = total(sentencesRemoved);
  if (total(written) + calls + removed === 0) return [noneText(everyMs)];
  const parts = [
    `${numberText(total(written))} written${reasons(written)}`,
    `${numberText(removed)} of ${numberText(removed + sentencesKept)} sentences removed${reasons(sentencesRemoved)}`,
    ...(total(fallBacks) > 0 ? [`${numberText(total(fallBacks))} fall-backs${reasons(fallBacks)}`] : []),
    ...(calls > 0 ? callsText(counts) : []),
  ];
  return [`Insights: ${parts.join(', ')}.`];
}

/** Nothing was asked for: not a fault of a writer, and a person looks for one. */
function noneText(everyMs: number): string {
  const period = `${numberText(everyMs / MINUTE_MS)} min`;
  return `Insights: none, and none was asked of a writer: that takes a period of ${period} with windows in it that ends before the run does. Take a longer --duration.`;
}

function callsText({
  calls,
  callFailures,
  callsPerWindow,
  tokens,
  costThousandths,
}: NonNullable<RunPipeline['insights']['counts']>): string[] {
  const failed = total(callFailures);
  const each = callsPerWindow === null ? '' : ` (${callsPerWindow.toFixed(3)} a window)`;
  return [
    `${numberText(calls)} calls${each}`,
    ...(failed > 0 ? [`${numberText(failed)} of them failed${reasons(callFailures)}`] : []),
    `${numberText(tokens)} tokens`,
    `cost ${(costThousandths / 1000).toFixed(3)}`,
  ];
}

function waveText({ from, to, devices }: NonNullable<RunPipeline['updateWave']>): string {
  if (devices === undefined) return `${from} to ${to}`;
  const { offered = 0, confirmed = 0, failed = 0 } = devices;
  return `${from} to ${to}: ${numberText(confirmed)} devices confirmed it, ${numberText(failed)} failed, ${numberText(offered)} have not answered`;
}

function total(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

function reasons(counts: Readonly<Record<string, number>>): string {
  const each = Object.entries(counts).map(([name, count]) => `${name} ${numberText(count)}`);
  return each.length === 0 ? '' : ` (${each.join(', ')})`;
}
