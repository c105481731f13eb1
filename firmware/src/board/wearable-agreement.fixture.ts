import { ResetCause } from '@gaitway/contract';
import { expect } from 'vitest';
import { HonestServer } from '../twin/honest-server.fixture.ts';
import {
  answerMessage,
  image,
  type Play,
  playOnBoard,
  playOnTwin,
  type Said,
  type Sent,
} from './wearable.fixture.ts';

export const WEARABLE = image('wearable');
export const TEST_BUILD = image('wearable-test');
export const EPOCH_MS = 1_700_000_000_000;
export const UP: Said[] = [
  { afterTick: 2, message: { type: 'linkUp' } },
  { afterTick: 3, message: { type: 'timeSync', epochMs: EPOCH_MS } },
];
export const SECOND = 50;

/** A server that stores and acknowledges, and how late. */
export function honest(ticksLater = 3): NonNullable<Play['answer']> {
  const server = new HonestServer();
  return ({ hex, flight }) => [
    { message: answerMessage(server.receive(Buffer.from(hex, 'hex')), flight), ticksLater },
  ];
}

export const lines = (sent: Sent[]): string[] =>
  sent.map(({ tick, flight, hex }) => `${tick} ${flight} ${hex}`);

/** Plays it on both; they must agree in every frame, transmission and tick. */
export function agree(play: Play) {
  const onBoard = playOnBoard(play);
  expect(lines(playOnTwin(play, onBoard))).toEqual(lines(onBoard.sent));
  expect(onBoard.damaged).toEqual([]);
  // Bytes that come while it hangs are lost, and nothing else is.
  const { overrun, transmitter, baud } = onBoard.board.line.lost;
  expect([transmitter, baud]).toEqual([0, 0]);
  if (!onBoard.resets.some(({ cause }) => cause === ResetCause.watchdog)) expect(overrun).toBe(0);
  return onBoard;
}
