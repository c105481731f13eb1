import { EXIT_CODE } from '@gaitway/contract';
import {
  type GradedRecording,
  gradeRecording,
  type HeadGrade,
  poolRecordings,
  RECORDING_CAVEAT,
  type Recording,
  type RecordingGrade,
  type RecordingPlacement,
  readRecording,
  readWindowLabels,
} from '@gaitway/simulator';
import { Fault } from '../fault.ts';
import type { Progress } from './progress.ts';

export interface RecordingsAsked {
  files: readonly string[];
  /** Window labels, one file for each recording, or none at all. */
  labels: readonly string[];
  /** Left out: as the columns of each file say. */
  placement?: RecordingPlacement;
  /** Told how many of them were scored. */
  progress?: Progress;
}

export interface RecordingGrades {
  caveat: string;
  recordings: RecordingGrade[];
  /** All of them as one sample, head by head. */
  pooled: HeadGrade[];
}

/** Scores recordings and grades what somebody knows of them. Throws `RecordingError` for a file that cannot be used. */
export async function gradeRecordings({
  files,
  labels,
  placement,
  progress,
}: RecordingsAsked): Promise<RecordingGrades> {
  if (labels.length > 0 && labels.length !== files.length) {
    throw new Fault(
      'labels_mismatch',
      `--labels: there are ${labels.length} label files for ${files.length} recordings`,
      'Name one for each recording, in their order.',
      EXIT_CODE.badInput,
    );
  }
  const graded: GradedRecording[] = [];
  for (const [i, file] of files.entries()) {
    const recording = await readRecording(file);
    const windows = labels[i] === undefined ? undefined : await readWindowLabels(labels[i]);
    const one = gradeRecording(recording, placementOf(recording, placement), windows);
    if (one.grade.slots === 0) throw tooShort(one.grade);
    graded.push(one);
    progress?.at(graded.length, files.length);
  }
  return {
    caveat: RECORDING_CAVEAT,
    recordings: graded.map(({ grade }) => grade),
    pooled: poolRecordings(graded),
  };
}

function tooShort({ file, seconds, gaps }: RecordingGrade): Fault {
  const cut = gaps.count === 0 ? '' : `, with gaps, the first before line ${gaps.firstLine}`;
  return new Fault(
    'too_short',
    `${file}: in ${seconds.toFixed(1)} s${cut} there is no whole slot of 5 s, so nothing can be scored`,
    'Name a longer recording, or one with fewer gaps.',
    EXIT_CODE.badInput,
  );
}

/** What the columns say of it, and what was asked for, must not differ: other heads would speak, of the wrong limb. */
function placementOf(
  { file, placement: told }: Pick<Recording, 'file' | 'placement'>,
  asked: RecordingPlacement | undefined,
): RecordingPlacement {
  if (asked !== undefined && told !== undefined && asked !== told) {
    throw new Fault(
      'placement_differs',
      `${file}, line 1: the columns of acceleration begin with ${told}_, and --placement says ${asked}`,
      `Leave --placement out, or name the columns after where the sensor sat.`,
      EXIT_CODE.badInput,
    );
  }
  return asked ?? told ?? noPlacement(file);
}

function noPlacement(file: string): never {
  throw new Fault(
    'no_placement',
    `${file} does not say where the sensor sat, and what can be seen depends on it`,
    'Add --placement wrist or --placement shank.',
    EXIT_CODE.badInput,
  );
}
