import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { RunRecord } from '@gaitway/contract';
import { describe, expect, it } from 'vitest';
import { FULL, gaitway, ownFolder, unbroken } from '../binary/binary.fixture.ts';
import { checkedSourceAddresses, parseSourceAddresses } from './source-addresses.ts';

/** Only Linux answers on all of 127.0.0.0/8 without being told. */
const LOOPBACK_IS_WIDE = process.platform === 'linux';

describe('source addresses', () => {
  it.each([
    ['127.0.0.7', ['127.0.0.7']],
    ['127.0.0.1-127.0.0.4', ['127.0.0.1', '127.0.0.2', '127.0.0.3', '127.0.0.4']],
    ['10.0.0.254-10.0.1.1', ['10.0.0.254', '10.0.0.255', '10.0.1.0', '10.0.1.1']],
    ['192.168.0.9, ::1,127.0.0.1-127.0.0.1', ['192.168.0.9', '::1', '127.0.0.1']],
    ['127.0.0.1-127.0.0.2,127.0.0.2', ['127.0.0.1', '127.0.0.2']],
    ['255.255.255.254-255.255.255.255', ['255.255.255.254', '255.255.255.255']],
  ])('%s', (text, addresses) => {
    expect(parseSourceAddresses(text)).toEqual(addresses);
  });

  it.each([
    ['', /an empty place is neither an IP address nor a range/],
    ['127.0.0.1,', /an empty place is neither/],
    ['localhost', /localhost is neither an IP address nor a range/],
    ['127.0.0.1-4', /127\.0\.0\.1-4 is neither/],
    ['127.0.0.300', /127\.0\.0\.300 is neither/],
    ['::1-::4', /::1-::4 is neither/],
    ['127.0.0.4-127.0.0.1', /the range 127\.0\.0\.4-127\.0\.0\.1 runs backwards/],
    ['10.0.0.0-10.255.255.255', /names more than 256 addresses/],
  ])('%j is refused, with what is wrong', (text, says) => {
    expect(() => parseSourceAddresses(text)).toThrowError(says);
  });

  it('are refused when they are not of this machine, and free again when they were looked at', async () => {
    // Set aside for documentation: no machine has it.
    await expect(checkedSourceAddresses('127.0.0.1,192.0.2.7')).rejects.toThrowError(
      /192\.0\.2\.7 is not an address of this machine \(EADDRNOTAVAIL\)/,
    );
    expect(await checkedSourceAddresses('127.0.0.1')).toEqual(['127.0.0.1']);
    expect(await checkedSourceAddresses(undefined)).toBeUndefined();
  });
});

describe('gaitway with --source-addresses', () => {
  it('refuses what it cannot use with 104, before anything is written', async () => {
    const data = ownFolder();
    for (const words of [
      ['run', 'smoke', '--source-addresses', '127.0.0.1-4'],
      ['fleet', '--target', 'http://127.0.0.1:9', '--source-addresses', '127.0.0.1-4'],
    ]) {
      const { code, stderr } = await gaitway(words, { data });
      expect(unbroken(stderr)).toMatch(/--source-addresses: 127\.0\.0\.1-4 is neither .*127\.0\.0\.1-127/);
      expect(code).toBe(104);
    }
    expect(existsSync(join(data, 'runs'))).toBe(false);
  });

  it.runIf(LOOPBACK_IS_WIDE && FULL)(
    'gives the ports that a dry run asked for, by the very advice it gave',
    async () => {
      // More than one address has ports for, on any machine: there are 65,536.
      const dryRun = async (...more: string[]) => {
        const words = ['run', 'smoke', '--patients', '70000', '--dry-run', '--json', ...more];
        const { stdout } = await gaitway(words);
        const { requirements } = JSON.parse(stdout) as {
          requirements: { rows: { what: string; has: string; ok: boolean; hint: string }[] };
        };
        return requirements.rows.find(({ what }) => what === 'local ports per target')!;
      };
      const short = await dryRun();
      expect(short).toMatchObject({ ok: false, has: expect.stringMatching(/ on 1 source address$/) });
      const [, last] = /--source-addresses 127\.0\.0\.1-127\.0\.0\.(\d+),/.exec(short.hint)!;
      const advised = await dryRun('--source-addresses', `127.0.0.1-127.0.0.${last}`);
      expect(advised).toMatchObject({ ok: true, hint: '' });
      expect(advised.has).toMatch(new RegExp(` on ${last} source addresses$`));
    },
  );

  it.runIf(LOOPBACK_IS_WIDE)('plays the fleet from them, and its record has how many they were', async () => {
    const words = ['run', 'smoke', '--patients', '6', '--viewers', '0', '--duration', '1s', '--json'];
    const { stdout } = await gaitway([...words, '--source-addresses', '127.0.0.2-127.0.0.4']);
    const { connections, load } = JSON.parse(stdout) as RunRecord;
    expect(load.devices.connected).toBe(6);
    expect(connections.sourceAddresses).toBe(3);
  });
});
