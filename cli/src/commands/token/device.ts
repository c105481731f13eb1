import { type Claims, EXIT_CODE } from '@gaitway/contract';
import { Flags } from '@oclif/core';
import { Fault } from '../../fault.ts';
import { TOKEN_FLAGS } from '../../flags/token-flags.ts';
import { type MintedToken, TokenCommand } from '../../token-command.ts';

export default class TokenDevice extends TokenCommand {
  static override summary = 'Mint a token with which a device can send readings of one patient.';
  static override description =
    'The token is signed with GAITWAY_TOKEN_SECRET, or with the secret in the data folder. It is printed alone, so that a script can take it.';
  static override examples = [
    '<%= config.bin %> token device --patient p000123 --device 124 --ward w0006 --ttl 1h',
  ];
  static override flags = {
    patient: Flags.string({
      description: 'whose readings the device sends',
      helpValue: 'ID',
      required: true,
    }),
    device: Flags.integer({
      description: 'the number of the device, as in its frames',
      required: true,
      helpValue: 'N',
      min: 0,
      max: 0xffffffff,
    }),
    ward: Flags.string({ description: 'the ward that the patient is in', default: 'w0000', helpValue: 'ID' }),
    ...TOKEN_FLAGS,
  };

  async run(): Promise<MintedToken> {
    const { flags } = await this.parse(TokenDevice);
    if (flags.patient === '')
      throw new Fault('bad_flag', '--patient is empty', 'Give a patient id.', EXIT_CODE.badInput);
    const claims: Claims = { role: 'device', device: flags.device, patient: flags.patient, ward: flags.ward };
    return this.mint(claims, flags);
  }
}
