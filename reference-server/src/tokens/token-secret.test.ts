import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  TOKEN_SECRET_CHARACTERS_MIN,
  TOKEN_SECRET_FILE,
  TokenSecretFault,
  tokenSecretOf,
} from './token-secret.ts';

describe('the token secret', () => {
  let parent: string;
  let folder: string;
  beforeEach(() => {
    parent = mkdtempSync(join(tmpdir(), 'gaitway-secret-'));
    folder = join(parent, 'data');
  });
  afterEach(() => rmSync(parent, { recursive: true }));

  it('is made once, for its owner only, and read from then on', () => {
    const first = tokenSecretOf(folder, {});
    expect(first.length).toBeGreaterThanOrEqual(TOKEN_SECRET_CHARACTERS_MIN);
    expect(tokenSecretOf(folder, {})).toBe(first);
    expect(statSync(join(folder, TOKEN_SECRET_FILE)).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual([TOKEN_SECRET_FILE]);
  });

  it('differs from folder to folder', () => {
    expect(tokenSecretOf(folder, {})).not.toBe(tokenSecretOf(join(parent, 'other'), {}));
  });

  it('comes from the environment where it is set, and then no file is made', () => {
    const given = 'x'.repeat(TOKEN_SECRET_CHARACTERS_MIN);
    expect(tokenSecretOf(folder, { GAITWAY_TOKEN_SECRET: given })).toBe(given);
    expect(readdirSync(parent)).toEqual([]);
  });

  it('is refused when it is too short, with where it is and what to do', () => {
    expect(() => tokenSecretOf(folder, { GAITWAY_TOKEN_SECRET: 'short' })).toThrow(
      /GAITWAY_TOKEN_SECRET has 5 characters, but needs at least 32.*openssl rand/,
    );
    tokenSecretOf(folder, {});
    writeFileSync(join(folder, TOKEN_SECRET_FILE), 'short');
    expect(() => tokenSecretOf(folder, {})).toThrow(/token-secret has 5 characters.*delete the file/);
  });

  it('is refused when others can read its file', () => {
    tokenSecretOf(folder, {});
    chmodSync(join(folder, TOKEN_SECRET_FILE), 0o644);
    expect(() => tokenSecretOf(folder, {})).toThrow(TokenSecretFault);
    expect(() => tokenSecretOf(folder, {})).toThrow(/mode 644.*chmod 600/);
  });

  it('is refused with what to do where its file is in the way, or lies where no file can be', () => {
    mkdirSync(join(folder, TOKEN_SECRET_FILE), { recursive: true, mode: 0o700 });
    chmodSync(join(folder, TOKEN_SECRET_FILE), 0o700);
    expect(() => tokenSecretOf(folder, {})).toThrow(TokenSecretFault);
    expect(() => tokenSecretOf(folder, {})).toThrow(/cannot be read \(EISDIR\): give this user/);
    const file = join(parent, 'file');
    writeFileSync(file, '');
    expect(() => tokenSecretOf(file, {})).toThrow(TokenSecretFault);
    expect(() => tokenSecretOf(file, {})).toThrow(/file.token-secret cannot be read \(ENOTDIR\)/);
  });
});
