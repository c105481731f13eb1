import { SYSTEM_FAULTS_DEFAULT, type SystemFaults } from '../system-faults.ts';

/** Everything that can go wrong, so often that a run of minutes has all of it. */
export const HARD_FAULTS: Readonly<SystemFaults> = {
  links: {
    ...SYSTEM_FAULTS_DEFAULT.links,
    connectFailureShare: 0.1,
    cutShare: 0.01,
    lostAnswerShare: 0.01,
    repeatedShare: 0.01,
  },
  processorCrashEveryMs: 25_000,
  processorStallEveryMs: 70_000,
  gatewayCrashEveryMs: 40_000,
  leaseLossEveryMs: 30_000,
  forgottenAppendShare: 0.01,
  storeErrorShares: { acquire: 0.1, progressOf: 0.1, read: 0.02, commit: 0.02 },
  outageEveryMs: 200_000,
  outageMs: { min: 20_000, max: 90_000 },
};
