import type { DoctorRow } from '@gaitway/dashboards';

/** What doctor looks at, and where. Everything that a check needs to know comes in here. */
export interface DoctorSetting {
  environment: Readonly<Record<string, string | undefined>>;
  dataFolder: string;
  port: number;
}

/** One thing that doctor looks for. It never throws: what it could not find out is its finding. */
export type DoctorCheck = (setting: DoctorSetting) => Promise<DoctorRow[]>;
