/** Every patient is synthetic; the mark travels with the data and is shown wherever the patient is. */
export interface PatientProfile {
  patient: string;
  ward: string;
  device: number;
  displayName: string;
  synthetic: true;
}

export const ROLES = ['device', 'patient', 'caregiver', 'doctor', 'operator'] as const;
export type Role = (typeof ROLES)[number];

/** What a device's token says. */
export interface DeviceClaims {
  role: 'device';
  device: number;
  patient: string;
  ward: string;
}

/** What a viewer's token says: the patients and wards that this person may see. */
export interface ViewerClaims {
  role: 'patient' | 'caregiver' | 'doctor';
  viewer: string;
  patients: string[];
  wards: string[];
}

/** An operator may read everything and steer the server: export, settings, closing of open windows. */
export interface OperatorClaims {
  role: 'operator';
  operator: string;
}

export type Claims = DeviceClaims | ViewerClaims | OperatorClaims;

/** An unbroken run of stored frames of one device and boot. */
export interface IdentityRange {
  device: number;
  boot: number;
  fromSeq: number;
  toSeq: number;
}

/**
 * What a window holds of one feature, exactly: sums of integers do not depend on the order of adding, so
 * a crash and a replay give the same document.
 */
export interface FeatureAggregate {
  sum: number;
  min: number;
  max: number;
}

/** One score of a 5 s slot, in thousandths. `null`: not assessable in this slot. */
export interface SlotScore {
  startMs: number;
  boot: number;
  seq: number;
  tremor: number | null;
  rigidityProxy: number | null;
  gait: number | null;
  freezing: number | null;
  /** Thousandths of a rating from 0 to 4, 0 without tremor; absent where tremor is not assessable. */
  tremorRating?: number;
}

export const CONDITIONS = ['tremor', 'rigidityProxy', 'gait', 'freezing'] as const;
export type Condition = (typeof CONDITIONS)[number];

/**
 * What one feature of the signal did to the scores of a window's slots: sums over the slots that were scored for the
 * condition and that it has a weight in. Whole numbers, so that they are the same in whatever order readings came.
 */
export interface Driver {
  condition: Condition;
  /** One of the signal features of the model. */
  feature: string;
  slots: number;
  /** Sum of its values, in thousandths of its unit. */
  value: number;
  /** Sum of what it moved the slots' probabilities by, against a usual slot, in millionths. */
  moved: number;
}

/** How much one feature moved a score. */
export interface Contribution {
  feature: string;
  value: number;
  contribution: number;
}

/** What one model says of one window. */
export interface ConditionAssessment {
  condition: Condition;
  /** `false`: the model may not speak here; `reason` says why. */
  assessable: boolean;
  reason?: string;
  /** Log-odds, the sum of the contributions and the intercept. */
  score?: number;
  probability?: number;
  /** 0 to 4. Like a clinician's scale in its range, not calibrated against one. */
  severity?: number;
  contributions?: Contribution[];
}

export interface Assessment {
  model: string;
  conditions: ConditionAssessment[];
}

/** One patient, one window: the document that the archive keeps. */
export interface WindowDocument {
  patient: string;
  ward: string;
  startMs: number;
  endMs: number;
  /** 1 when it was closed; one more for each late reading that amended it. */
  revision: number;
  /** Epoch of the partition lease under which it was written: a lower one never replaces a higher one. */
  epoch: number;
  /** `false`: closed before its time had passed (the server was told to close what is open). */
  complete: boolean;
  /** How many readings were folded in, and how many of them came after the window had closed. */
  readings: number;
  lateReadings: number;
  identities: IdentityRange[];
  /** Digest of the frames folded in (see `digest.ts`), sixteen hexadecimal digits. */
  digest: string;
  /** Per name of `FEATURE_FIELDS`. */
  aggregates: Record<string, FeatureAggregate>;
  slots: SlotScore[];
  /** By condition and feature, in the order of the model's; absent in documents of versions that did not know them. */
  drivers?: Driver[];
  assessment: Assessment;
  closedAtMs: number;
}

export const ALERT_STATES = ['raised', 'confirmed', 'withdrawn'] as const;
export type AlertState = (typeof ALERT_STATES)[number];

/** A rule that fired for a patient. Its id follows from patient, rule and moment: raising it twice is one alert. */
export interface Alert {
  id: string;
  patient: string;
  ward: string;
  rule: string;
  severity: 'notice' | 'warning' | 'urgent';
  state: AlertState;
  atMs: number;
  says: string;
  /** Who has seen it, and when: beside the state, so that a fall that somebody has seen is still settled. */
  acknowledgedBy?: string;
  acknowledgedAtMs?: number;
}

export interface MedicationEntry {
  id: string;
  patient: string;
  takenAtMs: number;
  medication: string;
  doseMg: number;
  note?: string;
  enteredBy: string;
}

/** The newest values of one patient, as a viewer sees them. */
export interface LatestReading {
  patient: string;
  ward: string;
  device: number;
  boot: number;
  seq: number;
  startMs: number;
  slotMs: number;
  batteryMv: number;
  flags: number;
  steps: number;
  heartRateBpm: number;
  /** Scores of this slot in thousandths. */
  tremor: number | null;
  gait: number | null;
}
