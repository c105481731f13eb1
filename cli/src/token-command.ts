import { type Claims, EXIT_CODE } from '@gaitway/contract';
import { BaseCommand } from './base-command.ts';
import { dataFolderOf } from './data-folder.ts';
import { parseDurationMs } from './duration.ts';
import { Fault } from './fault.ts';
import { TOKEN_LIMITS } from './flags/duration-limits.ts';

/** Of a token that nobody gets. */
const ANY_SECRET = 'any secret that is long enough for a signature';

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
    const ttlSeconds = Math.ceil(parseDurationMs(flags.ttl, 'ttl', TOKEN_LIMITS) / 1000);
    const { mintToken, realClock, tokenSecretOf, verifyToken } = await import('./services/token-command.ts');
    const nowMs = realClock.epochMs();
    // Before a secret is made: a wrong flag is to leave nothing behind.
    if (verifyToken(mintToken(claims, ANY_SECRET, ttlSeconds, nowMs), ANY_SECRET, nowMs) === 'token_claims') {
      throw new Fault(
        'bad_claims',
        'the server would refuse such a token: a name in it is empty, or too long',
        'Give patients, wards and viewers names of 1 to 128 characters.',
        EXIT_CODE.badInput,
      );
    }
    const secret = tokenSecretOf(dataFolderOf(flags.data), process.env);
    const token = mintToken(claims, secret, ttlSeconds, nowMs);
    this.log(token);
    return { token, claims };
  }
}
