import { type Clock, hashString, INSIGHT_NOTICE, type Insight, type SentenceFault } from '@gaitway/contract';
import type { Archive } from '../archive/archive.ts';
import type { FanOut } from '../fanout/fan-out.ts';
import type { Meter } from '../observe/meter.ts';
import { builtInWriter } from './built-in-writer.ts';
import { type CheckedSentences, checkSentences } from './check-sentences.ts';
import { type ExerciseLibrary, rulesAgainst } from './exercise-library.ts';
import { gatherFacts, type InsightPeriod, statisticNow } from './facts.ts';
import type { FoundFrom } from './found-from.ts';
import { type InsightMaterial, materialOf } from './material.ts';
import { type InsightWriter, WriterFault } from './writer.ts';

export interface InsightServiceDeps {
  /** What is read is the archive's own; what is written goes by the one that viewers read. */
  archive: Archive;
  fanOut: Pick<FanOut, 'publish'>;
  clock: Clock;
  meter: Meter;
  library: ExerciseLibrary;
  foundFrom: FoundFrom;
  /** Asked before the built-in one. */
  model?: InsightWriter | undefined;
  warn(says: string): void;
}

/**
 * The id of an insight follows from the patient and the end of its period: written again by a repeated job, another
 * processor or another request it is the same insight.
 */
export function insightId(patient: string, toMs: number): string {
  const rest = `${patient}.insight.${Math.floor(toMs)}`;
  return `${hashString(rest).toString(16).padStart(8, '0')}.${rest}`;
}

interface Written {
  by: InsightWriter;
  checked: CheckedSentences;
  removed: SentenceFault[];
  fallBack?: WriterFault['reason'];
}

export interface WriteOptions {
  /** Where there are no windows to write of nothing is written. */
  unlessEmpty?: boolean;
  /** Ends the writing; nothing is saved behind it. */
  signal?: AbortSignal | undefined;
}

/** Writes insights: retrieves, has somebody write, checks every sentence, saves, and tells those who watch. */
export class InsightService {
  private readonly deps: InsightServiceDeps;
  /** What is being written in this process, by id. */
  private readonly writing = new Map<string, Promise<Insight | null>>();

  constructor(deps: InsightServiceDeps) {
    this.deps = deps;
  }

  /**
   * The insight of this period, written now unless it is there; who asks while it is being written gets the same one, and
   * no model is asked twice. Its sentences all held when it was written. `null`: there are no windows, and `unlessEmpty`
   * says not to write then. Rejects with the reason of `signal` when that ends it.
   */
  async write(period: InsightPeriod, options: WriteOptions = {}): Promise<Insight | null> {
    const id = insightId(period.patient, period.toMs);
    for (let other = this.writing.get(id); other !== undefined; other = this.writing.get(id)) {
      // Whoever asked first hears why there is none; the next one tries.
      const insight = await other.catch(() => null);
      if (insight !== null) return insight;
    }
    const work = this.writeNow(id, period, options).finally(() => this.writing.delete(id));
    this.writing.set(id, work);
    return work;
  }

  private async writeNow(
    id: string,
    period: InsightPeriod,
    { unlessEmpty = false, signal }: WriteOptions,
  ): Promise<Insight | null> {
    const { archive, clock, library } = this.deps;
    // Before anything is asked of a model: a repeated job costs nothing.
    const there = await archive.insight(id);
    if (there !== null) return there;
    const facts = await gatherFacts(archive, period, rulesAgainst(library), this.deps.foundFrom);
    if (unlessEmpty && statisticNow(facts, 'tremor').windows === 0) return null;
    const material = materialOf(facts, library);
    const { by, checked, removed, fallBack } = await this.written(material, signal);
    signal?.throwIfAborted();
    const insight: Insight = {
      id,
      ...period,
      writtenAtMs: clock.epochMs(),
      writer: by.writer,
      writtenBy: by.writtenBy,
      ...(fallBack === undefined ? {} : { fallBack }),
      sentences: checked.kept,
      cited: checked.cited,
      removed: countsOf(removed),
      notice: INSIGHT_NOTICE,
      synthetic: true,
    };
    if (await archive.saveInsight(insight)) {
      this.deps.meter.counter('insightsWritten', { writer: by.writer }).add();
      this.deps.fanOut.publish({ kind: 'insight', patient: period.patient, ward: period.ward, insight });
    }
    return insight;
  }

  private async written(material: InsightMaterial, signal?: AbortSignal): Promise<Written> {
    const { model, meter, warn } = this.deps;
    let fallBack: WriterFault['reason'] | undefined;
    const removed: SentenceFault[] = [];
    if (model) {
      try {
        const checked = await this.checkedOf(model, material, signal);
        removed.push(...checked.removed);
        if (checked.kept.length > 0) return { by: model, checked, removed };
        fallBack = 'nothing_left';
      } catch (error) {
        if (!(error instanceof WriterFault)) throw error;
        fallBack = error.reason;
        warn(`insights: ${error.message}; the built-in writer writes instead`);
      }
      meter.counter('insightFallBacks', { reason: fallBack }).add();
    }
    const checked = await this.checkedOf(builtInWriter, material);
    removed.push(...checked.removed);
    return { by: builtInWriter, checked, removed, ...(fallBack === undefined ? {} : { fallBack }) };
  }

  private async checkedOf(
    by: InsightWriter,
    material: InsightMaterial,
    signal?: AbortSignal,
  ): Promise<CheckedSentences> {
    const { meter } = this.deps;
    const checked = checkSentences(await by.write(material, signal), material);
    meter.counter('insightSentencesKept', { writer: by.writer }).add(checked.kept.length);
    for (const reason of checked.removed) {
      meter.counter('insightSentencesRemoved', { writer: by.writer, reason }).add();
    }
    return checked;
  }
}

function countsOf(faults: readonly SentenceFault[]): Partial<Record<SentenceFault, number>> {
  const counts: Partial<Record<SentenceFault, number>> = {};
  for (const fault of faults) counts[fault] = (counts[fault] ?? 0) + 1;
  return counts;
}
