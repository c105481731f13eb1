import { EXIT_CODE } from '@gaitway/contract';
import { SERVER_SETTINGS_DEFAULT } from '@gaitway/reference-server/settings';
import { BaseCommand } from '../base-command.ts';
import { commandName } from '../command-name.ts';
import { dataFolderOf } from '../data-folder.ts';
import { DATA_FLAG } from '../flags/store-flags.ts';
import type { Diagnosis } from '../services/doctor/doctor.ts';

export default class Doctor extends BaseCommand {
  static override summary = 'Look at what is there, what is missing, and which command mends it.';
  static override description =
    'Redis and MongoDB are needed only where GAITWAY_REDIS_URL or GAITWAY_MONGO_URL names them; k6 and Prometheus never. Exits 69 when something that is needed is missing.';
  static override examples = ['<%= config.bin %> doctor', '<%= config.bin %> doctor --json'];
  static override enableJsonFlag = true;
  static override flags = { data: DATA_FLAG };

  async run(): Promise<Diagnosis> {
    const { flags } = await this.parse(Doctor);
    const { diagnose, renderDoctorTable, renderOptionsOf } = await import('../services/doctor-command.ts');
    const diagnosis = await diagnose({
      environment: process.env,
      dataFolder: dataFolderOf(flags.data),
      port: SERVER_SETTINGS_DEFAULT.port,
    });
    this.say(renderDoctorTable(diagnosis.rows, renderOptionsOf(this.peopleStream)));
    this.say(
      diagnosis.sound
        ? `Everything that is needed is there. Try: ${commandName()} run mvp`
        : 'Something that is needed is missing: see the lines marked MISSING.',
    );
    if (!diagnosis.sound) process.exitCode = EXIT_CODE.unreachable;
    return diagnosis;
  }
}
