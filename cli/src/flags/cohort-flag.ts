import type { Cohort } from '@gaitway/simulator/cohort';
import { Flags } from '@oclif/core';

/** Who wears the devices: the same flag wherever patients are played. */
export const COHORT_FLAG = Flags.string({
  description: 'who the patients are: default, held-out, held-out-falls, freezers, or a file',
  helpValue: 'NAME|FILE',
});

/** The people that it names; nothing: the default cohort. Reads the file. Throws a `Fault`. */
export async function cohortFlagged(written: string | undefined): Promise<{ cohort?: Cohort }> {
  if (written === undefined) return {};
  const { cohortOf } = await import('../services/cohort.ts');
  return cohortOf(written);
}
