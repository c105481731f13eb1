import { type Clock, NAMESPACE } from '@gaitway/contract';
import { io } from 'socket.io-client';
import { Deadlines } from '../deadlines.ts';
import { targetAddress } from '../target-address.ts';
import type { DeviceLink, DeviceLinkListener, DeviceTransport, LinkTarget } from '../transport.ts';
import { OfficialLink } from './official-link.ts';

export interface OfficialTransportOptions {
  /** Until the namespace must be joined. Default 20,000, the library's own. */
  connectTimeoutMs?: number;
  /** How often deadlines are looked at; they are noticed up to this much late. */
  sweepMs?: number;
}

/** The official `socket.io-client` behind the port: the reference that the lean one is held to. */
export class OfficialTransport implements DeviceTransport {
  readonly name = 'official';
  private readonly deadlines: Deadlines;
  private readonly connectTimeoutMs: number;

  constructor(clock: Clock, options: OfficialTransportOptions = {}) {
    this.deadlines = new Deadlines(clock, options.sweepMs ?? 500);
    this.connectTimeoutMs = options.connectTimeoutMs ?? 20_000;
  }

  open(target: LinkTarget, token: string, listener: DeviceLinkListener): DeviceLink {
    const { origin, localAddress } = targetAddress(target);
    const options = {
      transports: ['websocket'],
      // The device has its own policy of reconnecting, and its own connection.
      reconnection: false,
      forceNew: true,
      // The link's deadline covers the whole way to the namespace, this timer only half of it.
      timeout: this.connectTimeoutMs * 2,
      auth: { token },
      // Handed through to the `ws` package, which the library's types do not know.
      ...(localAddress === undefined ? {} : { localAddress }),
    };
    const socket = io(origin + NAMESPACE.device, options);
    return new OfficialLink(socket, listener, this.deadlines, this.connectTimeoutMs);
  }
}
