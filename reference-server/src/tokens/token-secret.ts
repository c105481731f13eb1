import { randomBytes } from 'node:crypto';
import { chmodSync, linkSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '../stores/make-folder.ts';

export const TOKEN_SECRET_VARIABLE = 'GAITWAY_TOKEN_SECRET';
export const TOKEN_SECRET_FILE = 'token-secret';
/** HS256 wants a key at least as long as its hash (RFC 7518, section 3.2). */
export const TOKEN_SECRET_CHARACTERS_MIN = 32;

/** The secret cannot be used as it is; the message says which, why, and what to do. */
export class TokenSecretFault extends Error {
  override name = 'TokenSecretFault';
}

function checked(secret: string, where: string, todo: string): string {
  if (secret.length >= TOKEN_SECRET_CHARACTERS_MIN) return secret;
  throw new TokenSecretFault(
    `the token secret in ${where} has ${secret.length} characters, but needs at least ${TOKEN_SECRET_CHARACTERS_MIN}: ${todo}`,
  );
}

function readSecret(file: string): string {
  const mode = statSync(file).mode;
  // Windows has no such bits: there every file looks open to all.
  if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
    throw new TokenSecretFault(
      `${file} can be read by other users of this machine (mode ${(mode & 0o777).toString(8)}): run 'chmod 600 ${file}', or delete it and get a new secret`,
    );
  }
  return checked(
    readFileSync(file, 'utf8').trim(),
    file,
    'delete the file and the next start makes a new one',
  );
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

/**
 * The secret that tokens are signed with: `GAITWAY_TOKEN_SECRET` where it is set, otherwise the file in the
 * data folder, made once with mode 0600. Several instances need the variable.
 * Throws {@link TokenSecretFault}, or what {@link makeFolder} throws.
 */
export function tokenSecretOf(
  dataFolder: string,
  environment: Readonly<Record<string, string | undefined>>,
): string {
  const given = environment[TOKEN_SECRET_VARIABLE];
  if (given !== undefined && given !== '') {
    return checked(given, TOKEN_SECRET_VARIABLE, `set it to the output of 'openssl rand -base64 48'`);
  }
  const file = join(dataFolder, TOKEN_SECRET_FILE);
  try {
    return readSecret(file);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw notUsable(file, 'read', error);
  }
  makeFolder(dataFolder, 0o700);
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  try {
    writeFileSync(draft, `${randomBytes(48).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' });
    chmodSync(draft, 0o600);
    // A link either makes the whole file or fails: two processes that start at once end with one secret.
    linkSync(draft, file);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw notUsable(file, 'written', error);
  } finally {
    rmSync(draft, { force: true });
  }
  return readSecret(file);
}

/** What the file system refuses is the user's situation; anything else is handed on as it is. */
function notUsable(file: string, what: 'read' | 'written', error: unknown): unknown {
  const code = codeOf(error);
  if (code === '' || error instanceof TokenSecretFault) return error;
  return new TokenSecretFault(
    `the token secret ${file} cannot be ${what} (${code}): give this user the right to it, name another folder with --data, or set ${TOKEN_SECRET_VARIABLE}`,
    { cause: error },
  );
}
