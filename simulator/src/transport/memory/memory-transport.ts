import type { Clock } from '@gaitway/contract';
import { hashString } from '@gaitway/contract';
import type { DeviceLink, DeviceLinkListener, DeviceTransport, LinkTarget } from '../transport.ts';
import { LinkDraws, type LinkFaults, NO_LINK_FAULTS } from './link-faults.ts';
import { MemoryLink } from './memory-link.ts';
import type { MemoryServer } from './memory-server.ts';

export interface MemoryTransportOptions {
  clock: Clock;
  seed: number;
  /** The server behind an address; `undefined`: nobody listens there. */
  serverOf(url: string): MemoryServer | undefined;
  faults?: LinkFaults;
}

/**
 * Connections within one process, under the run's clock: no socket, no byte of Socket.IO. It keeps what
 * matters to devices (order within a link, a cut loses what is on its way) and adds faults from the seed.
 * With `repeatedShare` it answers some messages twice, which real transports never do: a device has to bear it.
 */
export class MemoryTransport implements DeviceTransport {
  readonly name = 'memory';
  private readonly options: MemoryTransportOptions;
  private readonly draws = new Map<number, LinkDraws>();
  private readonly links = new Set<MemoryLink>();
  /** Faults may be changed while the run goes on (a calm end, for example). */
  faults: LinkFaults;

  constructor(options: MemoryTransportOptions) {
    this.options = options;
    this.faults = options.faults ?? NO_LINK_FAULTS;
  }

  get openLinks(): number {
    return this.links.size;
  }

  open(target: LinkTarget, token: string, listener: DeviceLinkListener): DeviceLink {
    const device = deviceOfToken(token);
    let draws = this.draws.get(device);
    if (draws === undefined) {
      draws = new LinkDraws(this.options.seed, device);
      this.draws.set(device, draws);
    }
    const link = new MemoryLink({
      clock: this.options.clock,
      faults: () => this.faults,
      draws,
      listener,
      gone: () => this.links.delete(link),
    });
    this.links.add(link);
    link.connect(this.options.serverOf(target.url), target.url, token);
    return link;
  }

  /** Cuts every link, as a server that dies does. */
  cutAll(): void {
    for (const link of [...this.links]) link.cut();
  }
}

/** The device in a token's claims, unverified: it only chooses whose draws are used. */
function deviceOfToken(token: string): number {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    if (typeof claims === 'object' && claims !== null && 'device' in claims)
      return Number(claims.device) >>> 0;
  } catch {
    // Not a JWT: tests may use any text as a token.
  }
  return hashString(token);
}
