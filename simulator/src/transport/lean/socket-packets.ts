import { NAMESPACE } from '@gaitway/contract';
import { isFields, refusalOf } from '../device-messages.ts';

/** Socket.IO 5 packet types (the protocol of Socket.IO v4), as they follow Engine.IO's message byte `4`. */
const TYPE = {
  connect: '0',
  disconnect: '1',
  event: '2',
  answer: '3',
  refused: '4',
  binaryEvent: '5',
  binaryAnswer: '6',
} as const;

/** Text before and behind the message's number in a `frame` event with one attachment. */
export const FRAME_EVENT_PREFIX = Buffer.from(`4${TYPE.binaryEvent}1-${NAMESPACE.device},`);
export const FRAME_EVENT_SUFFIX = Buffer.from('["frame",{"_placeholder":true,"num":0}]');
export const LEAVE_PACKET = Buffer.from(`4${TYPE.disconnect}${NAMESPACE.device},`);

export function joinPacket(token: string): Buffer {
  return Buffer.from(`4${TYPE.connect}${NAMESPACE.device},${JSON.stringify({ token })}`);
}

export type SocketPacket =
  | { kind: 'joined' }
  | { kind: 'refused'; code: string; says: string }
  | { kind: 'left' }
  | { kind: 'event'; name: string; value: unknown }
  | { kind: 'answer'; messageId: number; value: unknown }
  /** Valid, and not for a device: another namespace, an event with attachments. */
  | { kind: 'ignored' }
  | { kind: 'broken'; why: string };

/** Any packet, without Engine.IO's byte. */
export function parseSocketPacket(text: string): SocketPacket {
  const type = text[0];
  let at = 1;
  if (type === TYPE.binaryEvent || type === TYPE.binaryAnswer) {
    const dash = /^\d{1,3}-/.exec(text.slice(at, at + 4))?.[0];
    if (dash === undefined) return { kind: 'broken', why: 'a binary packet without a number of attachments' };
    at += dash.length;
  }
  let namespace = '/';
  if (text[at] === '/') {
    const comma = text.indexOf(',', at);
    namespace = comma < 0 ? text.slice(at) : text.slice(at, comma);
    at = comma < 0 ? text.length : comma + 1;
  }
  const digits = /^\d*/.exec(text.slice(at, at + 16))?.[0] ?? '';
  at += digits.length;
  let value: unknown;
  if (at < text.length) {
    try {
      value = JSON.parse(text.slice(at));
    } catch {
      return { kind: 'broken', why: 'a packet whose payload is not JSON' };
    }
  }
  if (namespace !== NAMESPACE.device) {
    return type !== undefined && type >= '0' && type <= '6'
      ? { kind: 'ignored' }
      : { kind: 'broken', why: 'a packet of no known type' };
  }
  switch (type) {
    case TYPE.connect:
      return isFields(value) && typeof value.sid === 'string'
        ? { kind: 'joined' }
        : { kind: 'broken', why: 'the server speaks an older Socket.IO' };
    case TYPE.disconnect:
      return { kind: 'left' };
    case TYPE.refused:
      return {
        kind: 'refused',
        ...(isFields(value) ? refusalOf(value.message, value.data) : refusalOf(value, undefined)),
      };
    case TYPE.event:
      if (!Array.isArray(value) || typeof value[0] !== 'string') {
        return { kind: 'broken', why: 'an event without a name' };
      }
      return { kind: 'event', name: value[0], value: value[1] };
    case TYPE.answer:
      if (!Array.isArray(value) || digits === '') {
        return { kind: 'broken', why: 'an answer without a number or without a list' };
      }
      return { kind: 'answer', messageId: Number(digits), value: value[0] };
    case TYPE.binaryEvent:
      return { kind: 'ignored' };
    case TYPE.binaryAnswer:
      return { kind: 'broken', why: 'an answer with attachments' };
    default:
      return { kind: 'broken', why: 'a packet of no known type' };
  }
}
