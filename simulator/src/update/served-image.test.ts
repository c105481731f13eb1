import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mintToken, realClock, SERVER_SETTINGS_DEFAULT, startServer } from '@gaitway/reference-server';
import { afterEach, describe, expect, it } from 'vitest';
import { waveTo } from '../whole-system/testing/update-image.ts';
import { HttpImages } from './http-images.ts';
import type { PieceAnswer } from './image-source.ts';

const SECRET = 'a secret of the tests, of no use to anyone';

describe('the image of a wave, from the reference server to a modem', () => {
  const undo: (() => unknown)[] = [];
  afterEach(async () => {
    for (const step of undo.splice(0).reverse()) await step();
  });

  it('comes in pieces, whole, and also from a server that was started without naming it again', async () => {
    const dataFolder = mkdtempSync(join(tmpdir(), 'gaitway-images-'));
    undo.push(() => rmSync(dataFolder, { recursive: true }));
    const { image, ...plan } = waveTo(0x1040);
    for (const updateWave of [{ ...plan, image: image! }, undefined]) {
      const settings = {
        ...SERVER_SETTINGS_DEFAULT,
        instance: 'a',
        port: 0,
        dataFolder,
        tokenSecret: SECRET,
      };
      const server = await startServer({ ...settings, ...(updateWave ? { updateWave } : {}) }, realClock, {
        info: () => {},
        warn: () => {},
      });
      undo.push(() => server.stop({ drainMs: 0 }));
      const images = new HttpImages();
      undo.push(() => images.close());
      const claims = { role: 'device' as const, device: 1, patient: 'p1', ward: 'w1' };
      const token = mintToken(claims, SECRET, 60, Date.now());
      const ask = (offset: number, over: { token?: string; hash?: number } = {}): Promise<PieceAnswer> =>
        new Promise((resolve) => {
          const request = { server: { url: server.url }, token, hash: plan.to.hash, offset, bytes: 4096 };
          images.piece({ ...request, ...over }, resolve);
        });
      const first = await ask(0);
      const second = await ask(4096);
      if (typeof first === 'string' || typeof second === 'string') throw new Error(`${first} ${second}`);
      expect([first.isLast, second.isLast]).toEqual([false, true]);
      expect(Buffer.concat([first.bytes, second.bytes]).equals(Buffer.from(image!))).toBe(true);
      expect(await ask(6000)).toBe('never');
      expect(await ask(0, { token: 'none' })).toBe('never');
      expect(await ask(0, { hash: plan.to.hash + 1 })).toBe('never');
      await server.stop({ drainMs: 0 });
    }
  });
});
