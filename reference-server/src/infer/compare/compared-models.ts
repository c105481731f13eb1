import { Placement, type WindowDocument } from '@gaitway/contract';
import { freezesIn } from '../../alert/freeze-watch.ts';
import { alertsOfWindow } from '../../alert/rules.ts';
import type { Meter } from '../../observe/meter.ts';
import type { StageTimer } from '../../observe/stage-timer.ts';
import { DriftWatch } from '../drift/drift-watch.ts';
import type { Inference, SecondOpinion, SlotFrame, WindowModels } from '../inference.ts';
import { MeasuredModel } from '../measured-model.ts';
import type { Model, SlotScores } from '../model.ts';
import type { CandidateFigures } from '../roll-out/guard.ts';
import { emptySignalFeatures, type ReadingHeader, readSignalFeatures } from '../signal-features.ts';
import { inOrder, slotOf } from '../slot-order.ts';
import { ComparisonMeters } from './comparison-meters.ts';
import { FindingComparison } from './finding-comparison.ts';
import { ModelComparison, type RaisesAlert } from './model-comparison.ts';

/** The stage that the candidate's time is counted as. */
export const CANDIDATE_STAGE = 'inferCandidate';

export interface ComparedModelsDeps {
  current: Model;
  candidate: Model;
  meter: Meter;
  stages: StageTimer;
  /** Of whose windows the candidate speaks; of nobody's where it is left out: it runs in shadow. */
  chosen?: (patient: string, startMs: number) => boolean;
}

/**
 * Two models side by side. One speaks of a window, the other is asked about the same slots; what it says is compared
 * and counted, and reaches no document and no viewer. During a roll-out only the windows of which the candidate
 * speaks are compared: the others cost what they cost before.
 */
export class ComparedModels implements Inference {
  readonly candidate: Model;
  private readonly current: Model;
  private readonly deps: ComparedModelsDeps;
  private readonly meters: ComparisonMeters;
  private readonly drift: Readonly<Record<'current' | 'candidate', DriftWatch>>;
  private readonly features = emptySignalFeatures();
  private comparison: ModelComparison;
  private findings: FindingComparison;
  private candidateMsBefore = 0;

  constructor(deps: ComparedModelsDeps) {
    const { current, candidate, meter, stages } = deps;
    this.deps = deps;
    this.current = current;
    this.comparison = new ModelComparison(this.raises);
    this.findings = this.newFindings();
    this.candidate = new MeasuredModel(candidate.file, stages.stage(CANDIDATE_STAGE));
    this.meters = new ComparisonMeters(meter);
    this.drift = {
      current: new DriftWatch(current.file, 'current', meter),
      candidate: new DriftWatch(candidate.file, 'candidate', meter),
    };
  }

  modelsFor(patient: string, startMs: number): WindowModels {
    const { chosen } = this.deps;
    const beside = (model: Model) => ({ model, slots: [], placement: Placement.unknown });
    if (chosen === undefined) return { model: this.current, second: beside(this.candidate) };
    if (!chosen(patient, startMs)) return { model: this.current };
    return { model: this.candidate, second: beside(this.current) };
  }

  modelsOf(version: string, patient: string, startMs: number): WindowModels {
    for (const model of [this.current, this.candidate]) if (model.version === version) return { model };
    return { model: this.modelsFor(patient, startMs).model };
  }

  score({ model }: WindowModels, values: ArrayLike<number>, header: ReadingHeader): SlotScores {
    readSignalFeatures(values, header, this.features);
    return model.scoresOf(this.features);
  }

  folded({ model, second }: WindowModels, frame: SlotFrame, scores: SlotScores, drivers: Float64Array): void {
    model.drivers.add(this.features, scores, drivers);
    this.drift.current.observe(this.features);
    if (second) {
      second.slots.push(slotOf(frame, second.model.scoresOf(this.features)));
      second.placement = this.features.placement;
    }
    if (second || model === this.candidate) this.drift.candidate.observe(this.features);
  }

  closed({ model, second }: WindowModels, document: WindowDocument): void {
    if (second === undefined) return;
    const other = asSeenBy(second, document);
    const [candidate, current] = model === this.candidate ? [document, other] : [other, document];
    this.comparison.add({ candidate, current });
    this.findings.add({ candidate, current }, second.placement);
    this.meters.add(
      { model: this.candidate, document: candidate },
      { model: this.current, document: current },
    );
  }

  /** Since the start, or since {@link beginFigures}. */
  figures(): CandidateFigures {
    const { windows, calibrationError, alertRate, silentShare, uncompared } = this.comparison;
    const { missed, added, unfound } = this.findings;
    const { index: driftIndex, unlooked } = this.drift.candidate;
    const micros = 1000 * (this.candidateMs() - this.candidateMsBefore);
    return {
      ...{ windows, calibrationError, alertRate, silentShare, driftIndex },
      ...{ missedShare: missed.share, addedShare: added.share },
      worst: { missedShare: missed.of, addedShare: added.of },
      microsPerWindow: windows === 0 ? 0 : micros / windows,
      tooFewOf: [...uncompared, ...unfound, ...unlooked.map((placement) => `slots at the ${placement}`)],
    };
  }

  /** Begins the figures anew, as for another share of the patients. */
  beginFigures(): void {
    this.comparison = new ModelComparison(this.raises);
    this.findings = this.newFindings();
    this.candidateMsBefore = this.candidateMs();
  }

  async tend(): Promise<void> {}

  private readonly raises: RaisesAlert = (document, role) =>
    alertsOfWindow(document, this.deps[role].file).length > 0 ||
    freezesIn(document.slots, this.deps[role].file);

  private newFindings(): FindingComparison {
    const { current, candidate } = this.deps;
    return new FindingComparison({ current: current.file, candidate: candidate.file }, this.raises);
  }

  private candidateMs(): number {
    return this.deps.stages.stages().find(({ stage }) => stage === CANDIDATE_STAGE)?.cpuMs ?? 0;
  }
}

/** The document as it would be if the other model spoke. It goes no further than the comparison. */
function asSeenBy({ model, slots }: SecondOpinion, document: WindowDocument): WindowDocument {
  const ordered = [...inOrder(slots)];
  return { ...document, slots: ordered, assessment: model.assessWindow(ordered) };
}
