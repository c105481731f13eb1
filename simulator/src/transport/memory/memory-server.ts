import type { DeviceCommand, FrameAnswer } from '@gaitway/contract';

/** How a server reaches one connected device. */
export interface MemoryPeer {
  command(command: DeviceCommand): void;
  /** Ends the connection. */
  disconnect(reason: string): void;
}

/** A server's side of one connection; an `IngestSession` of the reference server is one as it is. */
export interface MemorySession {
  /** `bytes` are the receiver's to keep. */
  receive(bytes: Uint8Array, answer: (answer: FrameAnswer) => void): void;
  /** The device is gone. */
  closed?(): void;
}

export interface MemoryRefusal {
  /** One of the contract's `HANDSHAKE_FAULTS`. */
  refused: string;
  says: string;
}

/** Anything that devices can connect to within one process. */
export interface MemoryServer {
  open(token: string, peer: MemoryPeer): MemorySession | MemoryRefusal;
}
