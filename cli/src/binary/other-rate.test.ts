import { describe, expect, it } from 'vitest';
import { FULL, Gaitway, gaitway, ownFolder, unbroken } from './binary.fixture.ts';
import { recordIn } from './run-outcome.fixture.ts';
import { before } from './sabotaged-process.fixture.ts';

const SMALL = ['run', 'smoke', '--patients', '50', '--duration', '8s'];
const SLOT_MS_TOLD = 4000;

/** A server that tells each device another rate as soon as it has joined. */
function tellsAnotherRate(folder: string): Record<string, string> {
  return before(
    folder,
    /server-process|gaitway\.js/,
    `const own = require('node:module').createRequire(${JSON.stringify(import.meta.url)});
    const { Socket } = own('socket.io');
    const joined = Socket.prototype._onconnect;
    Socket.prototype._onconnect = function () {
      joined.call(this);
      if (this.nsp.name === '/device') this.emit('command', { command: 'rate', slotMs: ${SLOT_MS_TOLD} });
    };`,
  );
}

describe.runIf(FULL)('a server that tells the devices another rate', () => {
  it('leaves a run without a verdict: its figures are those of another load', async () => {
    const data = ownFolder();
    const { code, stdout } = await gaitway(SMALL, { data, env: tellsAnotherRate(data) });
    const record = recordIn(data);
    const { planned, madeInMeasure, commands } = record.load;
    expect(planned).toBe(50 * 8);
    expect(commands.rate).toBeGreaterThan(0);
    // A machine that was too busy for even that makes the run invalid, and says so: then devices were told late.
    if (record.generator.valid) {
      expect(madeInMeasure).toBeLessThan(planned);
      expect(record.verdicts.find(({ metric }) => metric === 'readings_made')).toMatchObject({
        verdict: 'no-verdict',
      });
      expect(unbroken(stdout)).toMatch(/NO VERDICT │ readings_made/);
      expect(unbroken(stdout)).toMatch(/Of 400 planned readings \d+ were made: the server told devices/);
    }
    expect(record.verdict).not.toBe('holds');
    if (record.verdict !== 'fails')
      expect(record.verdict).toBe(record.generator.valid ? 'no-verdict' : 'invalid');
    expect(code).toBe({ 'no-verdict': 96, invalid: 98, fails: 99, holds: 0 }[record.verdict]);
  });

  it('leaves a fleet without one as well', async () => {
    const data = ownFolder();
    const words = ['server', 'start', '--port', '0', '--window-seconds', '2'];
    const server = new Gaitway(words, { data, env: tellsAnotherRate(data) });
    const [, url] = await server.said(/Ready at (http:\S+?)\. /);
    const fleet = ['fleet', '--target', url!, '--patients', '20', '--slot', '1s', '--connect', '1s'];
    const { code, stdout } = await gaitway([...fleet, '--duration', '8s'], { data });
    const record = recordIn(data);
    expect(['no-verdict', 'invalid']).toContain(record.verdict);
    if (record.generator.valid) {
      expect(record.load.madeInMeasure).toBeLessThan(record.load.planned);
      expect(unbroken(stdout)).toMatch(/NO VERDICT: Of 160 planned readings \d+ were/);
    }
    expect(code).toBe(record.verdict === 'invalid' ? 98 : 96);
  });
});
