import type { Claims } from '@gaitway/contract';
import { BaseCommand } from './base-command.ts';
import { dataFolderOf } from './data-folder.ts';
import { parseDurationSeconds } from './duration.ts';

export interface MintedToken {
  token: string;
  claims: Claims;
}

/** What the commands that mint a token share. */
export abstract class TokenCommand extends BaseCommand {
  static override enableJsonFlag = true;

  /** Mints what `TOKEN_FLAGS` say, and prints the token alone, so that a script can take it. */
  protected async mint(
    claims: Claims,
    flags: { ttl: string; data?: string | undefined },
  ): Promise<MintedToken> {
    const ttlSeconds = parseDurationSeconds(flags.ttl, 'ttl');
    const { mintToken, realClock, tokenSecretOf } = await import('./services/token-command.ts');
    const secret = tokenSecretOf(dataFolderOf(flags.data), process.env);
    const token = mintToken(claims, secret, ttlSeconds, realClock.epochMs());
    this.log(token);
    return { token, claims };
  }
}
