import { connect, type Socket } from 'node:net';

/** A text message of WebSocket as a client sends it: masked, with a mask that changes nothing. */
function message(text: string): Buffer {
  const payload = Buffer.from(text);
  const { length } = payload;
  const head = length < 126 ? [0x81, 0x80 | length] : [0x81, 0x80 | 126, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([...head, 0, 0, 0, 0]), payload]);
}

/** A peer that speaks WebSocket by hand on a bare socket, and reads nothing once it was let in. */
export class DeafPeer {
  private readonly socket: Socket;
  /** Its connection is over. */
  gone = false;

  private constructor(socket: Socket) {
    this.socket = socket;
    // It learns of its end as the kernel tells it: by an error, or without.
    socket.on('error', () => {});
    socket.on('close', () => {
      this.gone = true;
    });
  }

  /** Resolves when the namespace has let it in. */
  static async open(url: string, namespace: string, auth: object): Promise<DeafPeer> {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    const peer = new DeafPeer(socket);
    const upgrade = [
      'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1',
      `Host: ${hostname}`,
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    ];
    socket.write(`${upgrade.join('\r\n')}\r\n\r\n`);
    await peer.heard('0{"sid"');
    socket.write(message(`40${namespace},${JSON.stringify(auth)}`));
    await peer.heard(`40${namespace},{"sid"`);
    socket.pause();
    return peer;
  }

  /** Sends a message again and again, as fast as it can, until its connection is over or it was sent `timesMax` times. */
  async repeat(text: string, timesMax: number): Promise<void> {
    const batchMessages = 1000;
    const batch = Buffer.concat(Array.from({ length: batchMessages }, () => message(text)));
    for (let times = 0; times < timesMax && !this.gone; times += batchMessages) {
      if (this.socket.write(batch)) await new Promise((resolve) => setImmediate(resolve));
      else {
        await new Promise<void>((resolve) => {
          this.socket.once('drain', resolve).once('close', resolve);
        });
      }
    }
  }

  leave(): void {
    this.socket.destroy();
  }

  private heard(text: string): Promise<void> {
    return new Promise((resolve, reject) => {
      let said = '';
      const listen = (bytes: Buffer) => {
        said += bytes.toString('latin1');
        if (!said.includes(text)) return;
        this.socket.off('data', listen);
        resolve();
      };
      this.socket.on('data', listen);
      this.socket.once('close', () => reject(new Error(`it was not let in: ${said}`)));
    });
  }
}
