import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../clock/virtual-clock.ts';
import type { DeviceLinkListener } from '../transport.ts';
import { type LinkFaults, NO_LINK_FAULTS } from './link-faults.ts';
import type { MemoryPeer, MemoryServer } from './memory-server.ts';
import { MemoryTransport } from './memory-transport.ts';

/** A device that writes down what it hears, and a server that answers each frame with its first byte as seq. */
function setUp(faults: Partial<LinkFaults> = {}) {
  const clock = new VirtualClock({ startEpochMs: 0 });
  const arrived: number[] = [];
  const peers: MemoryPeer[] = [];
  let closed = 0;
  const server: MemoryServer = {
    open: (token, peer) => {
      if (token === 'stranger') return { refused: 'token_signature', says: 'signed with another secret' };
      peers.push(peer);
      return {
        receive: (bytes, answer) => {
          arrived.push(bytes[0]!);
          answer({ boot: 1, seq: bytes[0]! });
        },
        closed: () => closed++,
      };
    },
  };
  const transport = new MemoryTransport({
    clock,
    seed: 3,
    serverOf: (url) => (url === 'http://a' ? server : undefined),
    faults: { ...NO_LINK_FAULTS, ...faults },
  });
  const open = (token = 'device', url = 'http://a') => {
    const heard: string[] = [];
    const listener: DeviceLinkListener = {
      connected: () => heard.push('connected'),
      refused: (code) => heard.push(`refused ${code}`),
      answered: (messageId, answer) =>
        heard.push(`${messageId} ${'seq' in answer ? answer.seq : answer.reject}`),
      command: ({ command }) => heard.push(command),
      disconnected: (reason) => heard.push(`disconnected ${reason}`),
    };
    return { heard, link: transport.open({ url }, token, listener) };
  };
  return { clock, transport, open, arrived, peers, closed: () => closed };
}

describe('memory transport', () => {
  it('keeps the order of a link whatever delays are drawn, and calls nothing from inside a call', async () => {
    const { clock, open, arrived } = setUp({ delayMs: { min: 0, max: 500 } });
    const { heard, link } = open();
    expect(heard).toEqual([]);
    await clock.runUntil(2000);
    for (let i = 0; i < 50; i++) link.send(Uint8Array.of(i));
    expect(arrived).toEqual([]);
    await clock.runUntil(4000);
    expect(arrived).toEqual(Array.from({ length: 50 }, (_, i) => i));
    expect(heard).toEqual(['connected', ...arrived.map((i) => `${i} ${i}`)]);
  });

  it('lets messages of two links overtake each other', async () => {
    const { clock, open, arrived } = setUp({ delayMs: { min: 0, max: 500 } });
    const links = Array.from({ length: 20 }, (_, i) => open(`device ${i}`).link);
    await clock.runUntil(2000);
    for (const [i, link] of links.entries()) link.send(Uint8Array.of(i));
    await clock.runUntil(4000);
    expect(arrived).not.toEqual([...arrived].sort((a, b) => a - b));
    expect(arrived).toHaveLength(20);
  });

  it('refuses, and says when nobody listens', async () => {
    const { clock, open } = setUp();
    const stranger = open('stranger');
    const lost = open('device', 'http://b');
    await clock.runUntil(10);
    expect(stranger.heard).toEqual(['refused token_signature', 'disconnected refused']);
    expect(lost.heard).toEqual(['disconnected unreachable: nobody listens at http://b']);
  });

  it('loses what is on its way when it is cut, and tells both sides once', async () => {
    const { clock, open, arrived, transport, closed } = setUp({ delayMs: { min: 100, max: 100 } });
    const { heard, link } = open();
    await clock.runUntil(1000);
    link.send(Uint8Array.of(1));
    transport.cutAll();
    link.close();
    expect(heard).toEqual(['connected']);
    await clock.runUntil(2000);
    expect(arrived).toEqual([]);
    expect(heard).toEqual(['connected', 'disconnected cut']);
    expect(closed()).toBe(1);
    expect(transport.openLinks).toBe(0);
  });

  it('carries commands and the end that a server gives', async () => {
    const { clock, open, peers } = setUp();
    const { heard } = open();
    await clock.runUntil(10);
    peers[0]!.command({ command: 'identify' });
    peers[0]!.disconnect('drained');
    await clock.runUntil(20);
    expect(heard).toEqual(['connected', 'identify', 'disconnected server_closed: drained']);
  });

  it('loses answers, repeats frames and cuts links as often as its shares say, the same for the same seed', async () => {
    const play = async (faults: Partial<LinkFaults>) => {
      const { clock, open, arrived } = setUp(faults);
      const { heard, link } = open();
      await clock.runUntil(10);
      for (let i = 0; i < 200; i++) link.send(Uint8Array.of(i));
      await clock.runUntil(1000);
      return { arrived, heard };
    };
    expect((await play({ lostAnswerShare: 0.5 })).heard.length).toBeGreaterThan(70);
    expect((await play({ lostAnswerShare: 0.5 })).heard.length).toBeLessThan(130);
    expect((await play({ repeatedShare: 0.5 })).arrived.length).toBeGreaterThan(270);
    expect((await play({ cutShare: 0.05 })).arrived.length).toBeLessThan(200);
    expect(await play({ repeatedShare: 0.5 })).toEqual(await play({ repeatedShare: 0.5 }));
  });
});
