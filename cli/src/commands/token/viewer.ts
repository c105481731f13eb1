import { type Claims, EXIT_CODE } from '@gaitway/contract';
import { Flags } from '@oclif/core';
import { Fault } from '../../fault.ts';
import { TOKEN_FLAGS } from '../../flags/token-flags.ts';
import { type MintedToken, TokenCommand } from '../../token-command.ts';

const VIEWER_ROLES = ['patient', 'caregiver', 'doctor', 'operator'] as const;

export default class TokenViewer extends TokenCommand {
  static override summary = 'Mint a token with which a viewer can watch patients and read the API.';
  static override description =
    'A patient, caregiver or doctor sees the patients and wards that are named; an operator reads everything and may steer the server.';
  static override examples = [
    '<%= config.bin %> token viewer --role doctor --ward w0006 --name ward-six-screen',
    '<%= config.bin %> token viewer --role caregiver --patient p000123 --patient p000124',
  ];
  static override flags = {
    role: Flags.string({ description: 'who it is for', options: VIEWER_ROLES, default: 'doctor' }),
    name: Flags.string({
      description: 'who it is for, in logs and acknowledgements',
      default: 'viewer',
      helpValue: 'NAME',
    }),
    patient: Flags.string({
      description: 'a patient that may be seen (repeat for more)',
      helpValue: 'ID',
      multiple: true,
    }),
    ward: Flags.string({
      description: 'a ward that may be seen (repeat for more)',
      helpValue: 'ID',
      multiple: true,
    }),
    ...TOKEN_FLAGS,
  };

  async run(): Promise<MintedToken> {
    const { flags } = await this.parse(TokenViewer);
    const role = flags.role as (typeof VIEWER_ROLES)[number];
    const patients = flags.patient ?? [];
    const wards = flags.ward ?? [];
    if (role !== 'operator' && patients.length + wards.length === 0) {
      throw new Fault(
        'nothing_to_see',
        `a ${role} without --patient and --ward could see nobody`,
        'Name at least one patient or ward.',
        EXIT_CODE.badInput,
      );
    }
    const claims: Claims =
      role === 'operator' ? { role, operator: flags.name } : { role, viewer: flags.name, patients, wards };
    return this.mint(claims, flags);
  }
}
