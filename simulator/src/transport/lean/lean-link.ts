import type { Socket } from 'node:net';
import type { FrameAnswer } from '@gaitway/contract';
import type { Deadlined, Deadlines } from '../deadlines.ts';
import { parseDeviceCommand, parseFrameAnswer } from '../device-messages.ts';
import { type LinkEnd, linkEndReason } from '../link-end.ts';
import type { TargetAddress } from '../target-address.ts';
import type { DeviceLink, DeviceLinkListener } from '../transport.ts';
import { CommonAnswer } from './common-answer.ts';
import { ENGINE, ENGINE_PONG, parseEngineOpen } from './engine-packets.ts';
import {
  FRAME_EVENT_PREFIX,
  FRAME_EVENT_SUFFIX,
  joinPacket,
  LEAVE_PACKET,
  parseSocketPacket,
} from './socket-packets.ts';
import {
  HANDSHAKE_HEAD_BYTES_MAX,
  handshakeKey,
  handshakeRequest,
  judgeHandshake,
} from './websocket-handshake.ts';
import { type FrameSink, WebSocketReader } from './websocket-reader.ts';
import type { WebSocketWriter } from './websocket-writer.ts';

/** What the connections of one transport share, so that each holds only what is its own. */
export interface LeanShared {
  deadlines: Deadlines;
  writer: WebSocketWriter;
  connectTimeoutMs: number;
  leaveTimeoutMs: number;
  messageBytesMax: number;
}

/** How far a connection has come. Only forward; `leaving` and `gone` can follow any. */
const STAGE = {
  dialling: 0,
  upgrading: 1,
  opening: 2,
  joining: 3,
  connected: 4,
  leaving: 5,
  gone: 6,
} as const;

const OPCODE_TEXT = 1;
const OPCODE_BINARY = 2;
const OPCODE_CLOSE = 8;
const OPCODE_PONG = 10;
/** Close code 1000, a normal end. */
const CLOSE_NORMAL = Buffer.from([0x03, 0xe8]);
const FRAME_TEXT_BYTES_MAX = FRAME_EVENT_PREFIX.length + 16 + FRAME_EVENT_SUFFIX.length;

/** Shared by all links: it is filled and read within one call. */
const commonAnswer = new CommonAnswer();

/** One device's connection: the stages of the handshake, then frames out and answers in. */
export class LeanLink implements DeviceLink, FrameSink, Deadlined {
  deadlineMs: number;
  private readonly socket: Socket;
  private readonly listener: DeviceLinkListener;
  private readonly shared: LeanShared;
  private readonly reader: WebSocketReader;
  private address: TargetAddress | undefined;
  private token: string;
  private key = '';
  private head = '';
  private stage: number = STAGE.dialling;
  private heartbeatMs = 0;
  private lastMessageId = 0;
  /** The number of a message without an answer, 0 for none; a quiet device has never more than this one. */
  private unanswered = 0;
  /** The numbers of further ones. */
  private unansweredMore: number[] | undefined;
  private reason = '';

  constructor(
    socket: Socket,
    address: TargetAddress,
    token: string,
    listener: DeviceLinkListener,
    shared: LeanShared,
  ) {
    this.socket = socket;
    this.address = address;
    this.token = token;
    this.listener = listener;
    this.shared = shared;
    this.reader = new WebSocketReader(this, shared.messageBytesMax);
    this.deadlineMs = shared.deadlines.after(shared.connectTimeoutMs);
    shared.deadlines.watch(this);
  }

  send(frame: Uint8Array): number {
    if (this.stage < STAGE.connected) {
      throw new Error('A frame was sent before the connection was up: wait for connected().');
    }
    this.lastMessageId += 1;
    const messageId = this.lastMessageId;
    if (this.stage > STAGE.connected) return messageId;
    if (this.unanswered === 0) this.unanswered = messageId;
    else if (this.unansweredMore === undefined) this.unansweredMore = [messageId];
    else this.unansweredMore.push(messageId);
    const writer = this.shared.writer;
    writer.begin(2, FRAME_TEXT_BYTES_MAX + frame.length);
    writer.numberedText(FRAME_EVENT_PREFIX, messageId, FRAME_EVENT_SUFFIX);
    writer.frame(OPCODE_BINARY, frame);
    writer.send(this.socket);
    return messageId;
  }

  close(): void {
    if (this.stage >= STAGE.leaving) return;
    if (this.stage < STAGE.opening) {
      this.finish('closed');
      return;
    }
    const joined = this.stage === STAGE.connected;
    this.beginLeaving('closed');
    const writer = this.shared.writer;
    writer.begin(2, LEAVE_PACKET.length + CLOSE_NORMAL.length);
    if (joined) writer.frame(OPCODE_TEXT, LEAVE_PACKET);
    writer.frame(OPCODE_CLOSE, CLOSE_NORMAL);
    writer.send(this.socket);
    this.socket.destroySoon();
  }

  cut(): void {
    if (this.stage === STAGE.gone) return;
    // A link that is leaving may be cut too: its reason stays the first one.
    this.finish('cut');
  }

  /** The socket is up (for TLS: and its certificate accepted). */
  dialled(): void {
    if (this.stage !== STAGE.dialling || this.address === undefined) return;
    this.stage = STAGE.upgrading;
    this.key = handshakeKey();
    this.socket.write(handshakeRequest(this.address, this.key), 'latin1');
    this.address = undefined;
  }

  /** Bytes of the server, valid during the call only. */
  received(bytes: Buffer, end: number): void {
    if (this.stage === STAGE.upgrading) this.readHandshake(bytes, end);
    else if (this.stage > STAGE.upgrading) this.reader.push(bytes, 0, end);
  }

  /** The socket failed; its end follows. */
  failed(error: Error): void {
    const code = (error as NodeJS.ErrnoException).code ?? error.message;
    this.finish(this.stage === STAGE.dialling ? 'unreachable' : 'lost', code);
  }

  /** The server will send nothing more. */
  ended(): void {
    this.finish(this.stage < STAGE.opening ? 'upgrade' : 'server_closed', 'the stream ended');
  }

  /** The socket is gone for good: the one place that tells the listener. */
  gone(): void {
    if (this.stage === STAGE.gone) return;
    this.stage = STAGE.gone;
    this.shared.deadlines.forget(this);
    this.reader.stop();
    this.listener.disconnected(this.reason === '' ? linkEndReason('lost') : this.reason);
  }

  expired(): void {
    if (this.stage === STAGE.leaving) this.socket.destroy();
    else this.finish(this.stage === STAGE.connected ? 'ping_timeout' : 'connect_timeout');
  }

  message(binary: boolean, bytes: Buffer, start: number, end: number): void {
    // An attachment belongs to an event with attachments, and devices know none.
    if (binary) return;
    if (this.stage === STAGE.connected && commonAnswer.read(bytes, start, end)) {
      const { messageId, boot, seq } = commonAnswer;
      if (this.settle(messageId)) this.listener.answered(messageId, { boot, seq });
      return;
    }
    switch (bytes[start]) {
      case ENGINE.ping:
        this.heartbeat();
        this.reply(OPCODE_TEXT, ENGINE_PONG);
        return;
      case ENGINE.open:
        this.opened(bytes.toString('utf8', start + 1, end));
        return;
      case ENGINE.message:
        this.packet(bytes.toString('utf8', start + 1, end));
        return;
      case ENGINE.close:
        this.finish('server_closed', 'Engine.IO close');
        return;
      case ENGINE.pong:
      case ENGINE.upgrade:
      case ENGINE.noop:
        return;
      default:
        this.broken('a text frame that is no Engine.IO packet');
    }
  }

  ping(bytes: Buffer, start: number, end: number): void {
    this.reply(OPCODE_PONG, bytes.subarray(start, end));
  }

  closing(code: number): void {
    this.beginLeaving('server_closed', `code ${code}`);
    this.reply(OPCODE_CLOSE, CLOSE_NORMAL);
    this.socket.destroySoon();
  }

  broken(why: string): void {
    this.finish('protocol', why);
  }

  private readHandshake(bytes: Buffer, end: number): void {
    const before = this.head.length;
    this.head += bytes.toString('latin1', 0, end);
    // The mark itself may be cut by a read: look again at the last three characters.
    const mark = this.head.indexOf('\r\n\r\n', Math.max(0, before - 3));
    if (mark < 0 || mark > HANDSHAKE_HEAD_BYTES_MAX) {
      if (this.head.length > HANDSHAKE_HEAD_BYTES_MAX)
        this.finish('upgrade', 'the head of the answer is too long');
      return;
    }
    const answer = judgeHandshake(this.head.slice(0, mark), this.key);
    this.head = '';
    this.key = '';
    if (!answer.accepted) {
      this.finish('upgrade', answer.why);
      return;
    }
    this.stage = STAGE.opening;
    this.reader.push(bytes, mark + 4 - before, end);
  }

  private opened(text: string): void {
    if (this.stage !== STAGE.opening) {
      this.broken('a second open packet');
      return;
    }
    const open = parseEngineOpen(text);
    if (open === undefined) {
      this.broken('an open packet without a heartbeat');
      return;
    }
    this.heartbeatMs = open.pingIntervalMs + open.pingTimeoutMs;
    this.stage = STAGE.joining;
    const join = joinPacket(this.token);
    this.token = '';
    this.reply(OPCODE_TEXT, join);
  }

  private packet(text: string): void {
    if (this.stage < STAGE.joining) {
      this.broken('a message before the open packet');
      return;
    }
    const packet = parseSocketPacket(text);
    switch (packet.kind) {
      case 'joined':
        if (this.stage !== STAGE.joining) return;
        this.stage = STAGE.connected;
        this.heartbeat();
        this.listener.connected();
        return;
      case 'refused':
        if (this.stage !== STAGE.joining) {
          this.broken('a refusal after the namespace was joined');
          return;
        }
        this.beginLeaving('refused', packet.code);
        this.listener.refused(packet.code, packet.says);
        this.socket.destroy();
        return;
      case 'left':
        this.finish('left');
        return;
      case 'event': {
        if (this.stage !== STAGE.connected || packet.name !== 'command') return;
        const command = parseDeviceCommand(packet.value);
        if (command !== undefined) this.listener.command(command);
        return;
      }
      case 'answer':
        if (this.stage === STAGE.connected) this.answer(packet.messageId, packet.value);
        return;
      case 'broken':
        this.broken(packet.why);
        return;
      case 'ignored':
        return;
    }
  }

  private answer(messageId: number, value: unknown): void {
    if (!this.settle(messageId)) return;
    const answer: FrameAnswer | undefined = parseFrameAnswer(value);
    if (answer === undefined) this.broken(`the answer to message ${messageId} is none of the contract`);
    else this.listener.answered(messageId, answer);
  }

  /** Takes the message off the unanswered ones; false where it is not (or no longer) among them. */
  private settle(messageId: number): boolean {
    if (messageId === 0) return false;
    if (this.unanswered === messageId) {
      this.unanswered = 0;
      return true;
    }
    const more = this.unansweredMore;
    if (more === undefined) return false;
    if (more[0] === messageId) {
      more.shift();
    } else {
      const at = more.indexOf(messageId);
      if (at < 0) return false;
      more[at] = more[more.length - 1]!;
      more.pop();
    }
    if (more.length === 0) this.unansweredMore = undefined;
    return true;
  }

  private heartbeat(): void {
    if (this.stage === STAGE.connected) this.deadlineMs = this.shared.deadlines.after(this.heartbeatMs);
  }

  private reply(opcode: number, payload: Uint8Array): void {
    const writer = this.shared.writer;
    writer.begin(1, payload.length);
    writer.frame(opcode, payload);
    writer.send(this.socket);
  }

  private beginLeaving(end: LinkEnd, detail = ''): void {
    if (this.stage >= STAGE.leaving) return;
    this.stage = STAGE.leaving;
    this.reason = linkEndReason(end, detail);
    this.deadlineMs = this.shared.deadlines.after(this.shared.leaveTimeoutMs);
    this.reader.stop();
  }

  private finish(end: LinkEnd, detail = ''): void {
    this.beginLeaving(end, detail);
    this.socket.destroy();
  }
}
