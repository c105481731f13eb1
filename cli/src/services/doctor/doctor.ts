import type { DoctorRow } from '@gaitway/dashboards';
import type { DoctorCheck, DoctorSetting } from './check.ts';
import { checkDataFolder, checkMachine, checkNode, checkPort } from './machine.ts';
import { checkMongo, checkRedis } from './services.ts';
import { checkTools } from './tools.ts';

/** In the order in which they are shown. */
const CHECKS: readonly DoctorCheck[] = [
  checkNode,
  checkMachine,
  checkPort,
  checkDataFolder,
  checkRedis,
  checkMongo,
  checkTools,
];

export interface Diagnosis {
  /** Everything that is needed is there. */
  sound: boolean;
  rows: DoctorRow[];
}

export async function diagnose(setting: DoctorSetting): Promise<Diagnosis> {
  const rows = (await Promise.all(CHECKS.map((check) => check(setting)))).flat();
  return { sound: rows.every(({ state }) => state !== 'missing'), rows };
}
