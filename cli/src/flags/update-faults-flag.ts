import { EXIT_CODE } from '@gaitway/contract';
import { UPDATE_FAULTS, type UpdateFault, type UpdateFaultShares } from '@gaitway/simulator/update-faults';
import { Flags } from '@oclif/core';
import { Fault } from '../fault.ts';

/** All faults alike. */
const ALL = 'all';

/** Whose updates fail, should the server offer one: the same flag wherever a fleet is played. */
export const UPDATE_FAULTS_FLAG = Flags.string({
  description:
    'shares of the devices that fail at a step of an update: not_taken=0.1,cut_trial=0.05, or all=0.2  [default: nobody]',
  helpValue: 'LIST',
});

/** What it says, of share 0 and above. Throws a `Fault` that names what is wrong, and what may stand there. */
export function updateFaultsFlagged(written: string | undefined): { updateFaults?: UpdateFaultShares } {
  if (written === undefined) return {};
  const shares: Partial<Record<UpdateFault, number>> = {};
  const parts = written.split(',').map((part) => part.trim());
  for (const part of parts) {
    const [name, text, ...more] = part.split('=');
    if (name === undefined || text === undefined || more.length > 0)
      throw wrong(`${part === '' ? 'an empty place' : part} is no fault with its share`);
    const share = shareOf(name, text);
    if (name === ALL) {
      if (parts.length > 1) throw wrong(`${ALL} stands for every fault, so nothing else can stand beside it`);
      for (const fault of UPDATE_FAULTS) shares[fault] = share / UPDATE_FAULTS.length;
      continue;
    }
    const fault = UPDATE_FAULTS.find((each) => each === name);
    if (fault === undefined)
      throw wrong(`there is no fault '${name}': there are ${UPDATE_FAULTS.join(', ')}, and ${ALL}`);
    if (shares[fault] !== undefined) throw wrong(`${fault} is there twice`);
    shares[fault] = share;
  }
  const sum = Object.values(shares).reduce((total, share) => total + share, 0);
  if (sum > 1 + 1e-9) throw wrong(`the shares add up to ${sum}, more than all devices (1)`);
  return { updateFaults: shares };
}

function shareOf(name: string, text: string): number {
  const share = text.trim() === '' ? Number.NaN : Number(text);
  if (share >= 0 && share <= 1) return share;
  throw wrong(`${name}: '${text}' is no share of the devices, a number from 0 to 1`);
}

function wrong(says: string): Fault {
  return new Fault(
    'bad_update_faults',
    `--update-faults: ${says}`,
    'Write it as not_taken=0.1,cut_trial=0.05, or as all=0.2.',
    EXIT_CODE.badInput,
  );
}
