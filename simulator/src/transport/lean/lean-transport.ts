import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Clock } from '@gaitway/contract';
import { Deadlines } from '../deadlines.ts';
import { type TargetAddress, targetAddress } from '../target-address.ts';
import type { DeviceLink, DeviceLinkListener, DeviceTransport, LinkTarget } from '../transport.ts';
import { LeanLink, type LeanShared } from './lean-link.ts';
import { WebSocketWriter } from './websocket-writer.ts';

export interface LeanTransportOptions {
  /** Until the namespace must be joined. Default 20,000, as in socket.io-client. */
  connectTimeoutMs?: number;
  /** How long a closed link may take to write what it has left. */
  leaveTimeoutMs?: number;
  /** How often deadlines are looked at; they are noticed up to this much late. */
  sweepMs?: number;
  /** The longest message accepted from a server. Answers and commands are far shorter. */
  messageBytesMax?: number;
  /** Certificates to trust for `https:` besides the system's, in PEM. */
  tlsAuthorities?: string;
}

const READ_BUFFER_BYTES = 64 * 1024;
/** Windows fills a buffer before it calls back, so that connections cannot share one there. */
const SHARES_READ_BUFFER = process.platform !== 'win32';

interface LinkSocket extends Socket {
  gaitwayLink?: LeanLink;
}

/**
 * Our own Socket.IO v4 client on `node:net`: one socket, one link object and nothing else per device. The read
 * buffer, the slab that frames are built in and the timer are shared by all connections of the process.
 */
export class LeanTransport implements DeviceTransport {
  readonly name = 'lean';
  private readonly shared: LeanShared;
  private readonly tlsAuthorities: string | undefined;
  private readonly readBuffer = Buffer.allocUnsafeSlow(READ_BUFFER_BYTES);
  private address: { target: LinkTarget; parsed: TargetAddress } | undefined;

  constructor(clock: Clock, options: LeanTransportOptions = {}) {
    this.shared = {
      deadlines: new Deadlines(clock, options.sweepMs ?? 500),
      writer: new WebSocketWriter(),
      connectTimeoutMs: options.connectTimeoutMs ?? 20_000,
      leaveTimeoutMs: options.leaveTimeoutMs ?? 2_000,
      messageBytesMax: options.messageBytesMax ?? 64 * 1024,
    };
    this.tlsAuthorities = options.tlsAuthorities;
  }

  open(target: LinkTarget, token: string, listener: DeviceLinkListener): DeviceLink {
    const address = this.addressOf(target);
    const socket: LinkSocket = address.secure ? this.dialTls(address) : this.dialTcp(address);
    const link = new LeanLink(socket, address, token, listener, this.shared);
    socket.gaitwayLink = link;
    socket.on(address.secure ? 'secureConnect' : 'connect', onDialled);
    socket.on('error', onError);
    socket.on('end', onEnd);
    socket.on('close', onClose);
    return link;
  }

  private addressOf(target: LinkTarget): TargetAddress {
    const known = this.address?.target;
    if (known === undefined || known.url !== target.url || known.localAddress !== target.localAddress) {
      this.address = { target: { ...target }, parsed: targetAddress(target) };
    }
    return this.address!.parsed;
  }

  private dialTcp(address: TargetAddress): Socket {
    const { host, port, localAddress } = address;
    const place = localAddress === undefined ? { host, port } : { host, port, localAddress };
    if (!SHARES_READ_BUFFER) {
      return connectTcp({ ...place, noDelay: true }).on('data', onData);
    }
    const buffer = this.readBuffer;
    const socket: LinkSocket = connectTcp({
      ...place,
      noDelay: true,
      onread: {
        buffer,
        callback: (bytes) => {
          socket.gaitwayLink?.received(buffer, bytes);
          return true;
        },
      },
    });
    return socket;
  }

  private dialTls(address: TargetAddress): Socket {
    const { host, port, localAddress } = address;
    const place = localAddress === undefined ? { host, port } : { host, port, localAddress };
    // Reads of a TLS socket can nest, so each gets its own bytes.
    const socket = connectTls({
      ...place,
      ...(this.tlsAuthorities === undefined ? {} : { ca: this.tlsAuthorities }),
      servername: /^[\d.]+$|:/.test(host) ? '' : host,
    });
    socket.setNoDelay(true);
    return socket.on('data', onData);
  }
}

// One function for all sockets, where a closure per socket would cost memory.
function onDialled(this: LinkSocket): void {
  this.gaitwayLink?.dialled();
}

function onData(this: LinkSocket, bytes: Buffer): void {
  this.gaitwayLink?.received(bytes, bytes.length);
}

function onError(this: LinkSocket, error: Error): void {
  this.gaitwayLink?.failed(error);
}

function onEnd(this: LinkSocket): void {
  this.gaitwayLink?.ended();
}

function onClose(this: LinkSocket): void {
  this.gaitwayLink?.gone();
}
