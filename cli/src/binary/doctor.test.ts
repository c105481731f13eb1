import { chmodSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { DoctorRow } from '@gaitway/dashboards';
import { SERVER_SETTINGS_DEFAULT } from '@gaitway/reference-server/settings';
import { describe, expect, it, onTestFinished } from 'vitest';
import { gaitway, ownFolder } from './binary.fixture.ts';

interface Told {
  sound: boolean;
  rows: DoctorRow[];
}

/** A folder with a program of this name, which says this. */
function programIn(folder: string, name: string, says: string): void {
  const file = join(folder, name);
  writeFileSync(file, `#!/bin/sh\necho '${says}'\n`);
  chmodSync(file, 0o755);
}

describe.runIf(process.platform === 'linux')('gaitway doctor', () => {
  it('tells what is there, what is missing, and the command that mends it', async () => {
    const data = ownFolder();
    programIn(data, 'k6', 'k6 v1.8.1 (linux/amd64)');
    const holder = createServer().listen(SERVER_SETTINGS_DEFAULT.port, '127.0.0.1');
    // If another program has it, it is as taken as this test wants it.
    await new Promise((resolve) => holder.once('listening', resolve).once('error', resolve));
    onTestFinished(() => void holder.close());

    const { code, stdout } = await gaitway(['doctor', '--json'], {
      data,
      env: { GAITWAY_MONGO_URL: 'mongodb://127.0.0.1:9', PATH: data },
      through: ['/bin/sh', '-c', 'ulimit -n 300; exec "$0" "$@"'],
    });
    const { sound, rows } = JSON.parse(stdout) as Told;
    const row = (what: string) => rows.find((each) => each.what === what);
    expect(row('File descriptors')).toMatchObject({
      state: 'missing',
      found: expect.stringMatching(/^300 per process.*about 200 devices a worker$/),
      fix: 'ulimit -n 1024',
    });
    expect(row('Local ports')?.found).toMatch(/^[\d,]+ for connections to one target$/);
    expect(row(`Port ${SERVER_SETTINGS_DEFAULT.port}`)).toMatchObject({
      state: 'optional',
      found: expect.stringMatching(/^not free \(EADDRINUSE\)/),
      fix: expect.stringMatching(/gaitway server start --port 0$/),
    });
    expect(row('Data folder')).toMatchObject({ state: 'there', found: `${data} can be written` });
    expect(row('MongoDB')).toMatchObject({
      state: 'missing',
      found: 'nothing answers at mongodb://127.0.0.1:9',
      fix: expect.stringContaining('unset GAITWAY_MONGO_URL'),
    });
    expect(row('k6')).toMatchObject({ state: 'there', found: 'v1.8.1' });
    expect(row('Prometheus')).toMatchObject({
      state: 'optional',
      found: expect.stringMatching(/^not found/),
      fix: expect.stringContaining('apt-get install prometheus'),
    });
    expect(sound).toBe(false);
    expect(code).toBe(69);
  });
});
