import { type IncomingMessage, request } from 'node:http';
import { HANDSHAKE_FAULTS, type HandshakeFault, NAMESPACE } from '@gaitway/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningServer } from '../server.ts';
import { signToken } from '../tokens/jwt-hs256.ts';
import {
  connected,
  deviceToken,
  Harness,
  metric,
  refusal,
  SECRET,
  tokenOf,
  until,
  viewerToken,
} from './running-server.fixture.ts';

const claims = { role: 'device', device: 7, patient: 'p7', ward: 'w1' } as const;
const inAnHour = () => Math.floor(Date.now() / 1000) + 3600;

const cases: { is: string; namespace: string; auth: () => object; code: HandshakeFault }[] = [
  { is: 'no token at all', namespace: '/device', auth: () => ({}), code: 'token_missing' },
  { is: 'an empty token', namespace: '/device', auth: () => ({ token: '' }), code: 'token_missing' },
  {
    is: 'a token that is an object',
    namespace: '/device',
    auth: () => ({ token: {} }),
    code: 'token_malformed',
  },
  {
    is: 'a token that is no JWT',
    namespace: '/device',
    auth: () => ({ token: 'x.y' }),
    code: 'token_malformed',
  },
  {
    is: 'a token without signature (alg none)',
    namespace: '/device',
    auth: () => ({
      token: `${btoa(JSON.stringify({ alg: 'none' }))}.${btoa(JSON.stringify({ ...claims, exp: inAnHour() }))}.`,
    }),
    code: 'token_malformed',
  },
  {
    is: 'a token that has expired',
    namespace: '/device',
    auth: () => ({ token: tokenOf(claims, SECRET, 60, Date.now() - 120_000) }),
    code: 'token_expired',
  },
  {
    is: 'a token that another secret signed',
    namespace: '/device',
    auth: () => ({ token: tokenOf(claims, 'another secret that is long enough too') }),
    code: 'token_signature',
  },
  {
    is: 'a viewer on /device',
    namespace: '/device',
    auth: () => ({ token: viewerToken('doctor', [], ['w1']) }),
    code: 'token_role',
  },
  {
    is: 'a device on /live',
    namespace: '/live',
    auth: () => ({ token: deviceToken(7) }),
    code: 'token_role',
  },
  {
    is: 'an operator on /live',
    namespace: '/live',
    auth: () => ({ token: tokenOf({ role: 'operator', operator: 'o' }) }),
    code: 'token_role',
  },
  {
    is: 'anybody on the root namespace',
    namespace: '/',
    auth: () => ({ token: deviceToken(7) }),
    code: 'token_role',
  },
  {
    is: 'a device without a patient',
    namespace: '/device',
    auth: () => ({ token: signToken({ role: 'device', device: 7, ward: 'w1', exp: inAnHour() }, SECRET) }),
    code: 'token_claims',
  },
  {
    is: 'a token that never expires',
    namespace: '/device',
    auth: () => ({ token: signToken(claims, SECRET) }),
    code: 'token_claims',
  },
];

describe('the handshake', () => {
  const harness = new Harness();
  let server: RunningServer;
  beforeAll(async () => {
    server = await harness.start();
  });
  afterAll(() => harness.end());

  const refusedSoFar = (code: HandshakeFault) =>
    metric(server, `gaitway_handshakes_refused_total{reason="${code}"}`);

  it('lets in a device and a viewer, and tells the device the time', async () => {
    const device = await harness.device(server, 7);
    await harness.viewer(server, viewerToken('patient', ['p7']));
    expect((await device.report()) as unknown).toEqual({ boot: 1, seq: 0 });
    const [command] = device.commands;
    expect(command?.command).toBe('time_sync');
    expect(Math.abs((command as { epochMs: number }).epochMs - Date.now())).toBeLessThan(5000);
  });

  it.each(cases)('refuses $is with $code, and counts it', async ({ namespace, auth, code }) => {
    const before = await refusedSoFar(code);
    const socket = harness.open(server.url, namespace, auth());
    expect(await refusal(socket)).toEqual({ code, says: HANDSHAKE_FAULTS[code] });
    expect(socket.connected).toBe(false);
    expect(await refusedSoFar(code)).toBe(before + 1);
  });

  it('compresses nothing, also where a client offers to', async () => {
    const query = 'EIO=4&transport=websocket';
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const asked = request(`${server.url}/socket.io/?${query}`, {
        headers: {
          connection: 'Upgrade',
          upgrade: 'websocket',
          'sec-websocket-version': '13',
          'sec-websocket-key': Buffer.alloc(16).toString('base64'),
          'sec-websocket-extensions': 'permessage-deflate',
        },
      });
      asked.on('upgrade', (response, socket) => {
        socket.destroy();
        resolve(response);
      });
      asked.on('error', reject).end();
    });
    expect(answer.statusCode).toBe(101);
    expect(answer.headers['sec-websocket-extensions']).toBeUndefined();
  });

  it('refuses more connections than it may hold, and takes one again when another has left', async () => {
    const small = await harness.start({ connectionsMax: 1 });
    const first = await harness.device(small, 1);
    const second = harness.open(small.url, NAMESPACE.device, { token: deviceToken(2) });
    expect((await refusal(second)).code).toBe('full');
    first.socket.disconnect();
    for (;;) {
      const third = harness.open(small.url, NAMESPACE.device, { token: deviceToken(2) });
      if (
        await connected(third).then(
          () => true,
          () => false,
        )
      )
        break;
    }
    expect(await metric(small, 'gaitway_devices_connected')).toBe(1);
  });

  it('answers a namespace that is not there, and goes on', async () => {
    const lost = harness.open(server.url, '/nowhere', { token: deviceToken(7) });
    await expect(connected(lost)).rejects.toThrow('Invalid namespace');
    await harness.device(server, 8);
  });

  it('lets one connection use both namespaces, one after the other, and come back to one', async () => {
    const device = harness.open(server.url, NAMESPACE.device, { token: deviceToken(9) });
    await connected(device);
    const viewer = device.io.socket(NAMESPACE.live, { auth: { token: viewerToken('patient', ['p9']) } });
    const joined = connected(viewer);
    viewer.connect();
    await joined;
    const devices = await metric(server, 'gaitway_devices_connected');
    device.disconnect();
    await until(async () => (await metric(server, 'gaitway_devices_connected')) < devices);
    device.connect();
    await connected(device);
    expect(viewer.connected).toBe(true);
  });
});
