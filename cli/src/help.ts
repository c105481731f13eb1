import { Help, type Interfaces } from '@oclif/core';
import { commandName } from './command-name.ts';

/** The help of oclif; the command lines in it are there to be copied, so they begin with what starts us here. */
export default class CopyableHelp extends Help {
  constructor(config: Interfaces.Config, options?: Partial<Interfaces.HelpOptions>) {
    // Of this process alone, which shows help and nothing else. Completion scripts need the bare name.
    Object.assign(config, { bin: commandName() });
    super(config, options);
  }
}
