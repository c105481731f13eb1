import type { DeviceCommand, FrameAnswer } from '@gaitway/contract';

/**
 * What happens on one device's connection. One object serves many events: no closure per message.
 * No method is called from inside `open`, `send`, `close` or `cut`, and after `close` or `cut` only
 * `disconnected` still comes: exactly once for every `open` that did not throw.
 */
export interface DeviceLinkListener {
  /** The namespace was joined: frames may be sent. */
  connected(): void;
  /** The server refused the handshake; `code` is one of the contract's `HANDSHAKE_FAULTS`, or another server's text. */
  refused(code: string, says: string): void;
  /** The answer to the message that `send` numbered `messageId`. At most once per message. */
  answered(messageId: number, answer: FrameAnswer): void;
  command(command: DeviceCommand): void;
  /**
   * The connection is gone (also after `close`, and when it never came up); its messages will not be answered.
   * `reason` starts with one of `LINK_ENDS`, then perhaps a colon and what is known besides.
   */
  disconnected(reason: string): void;
}

/** One device's own connection to the `/device` namespace. It never reconnects by itself: that is the device's policy. */
export interface DeviceLink {
  /**
   * Sends a `frame` event with an acknowledgement and returns the message's number. The bytes may be used again
   * at once. Throws before `connected`; on a connection that has ended the message is never answered.
   */
  send(frame: Uint8Array): number;
  /** Leaves: closes the socket. */
  close(): void;
  /** Cuts the socket without a word, as a lost network does. */
  cut(): void;
}

export interface LinkTarget {
  /** `http://127.0.0.1:8080`: where the server is; WebSocket only. */
  url: string;
  /** Source address to bind to, where one address has too few ports. */
  localAddress?: string;
}

/** A way to reach a server. What it leaves out: retries, time-outs of acknowledgements, buffering while disconnected. */
export interface DeviceTransport {
  readonly name: 'lean' | 'official' | 'memory';
  /** Throws where the target itself is no address; every failure of the network comes to the listener. */
  open(target: LinkTarget, token: string, listener: DeviceLinkListener): DeviceLink;
}
