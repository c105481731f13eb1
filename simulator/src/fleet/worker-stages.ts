import type { Clock, DeviceCommand, FrameAnswer } from '@gaitway/contract';
import { type HeldFrame, Twin } from '@gaitway/firmware';
import type { Stage, StageTimer } from '@gaitway/reference-server';
import type { DeviceLink, DeviceLinkListener, DeviceTransport } from '../transport/transport.ts';
import type { FleetLedger } from './fleet.ts';

/**
 * Where a worker's CPU goes, by the meter that the server uses. A fleet is given its parts wrapped in these,
 * and knows nothing of it:
 *
 *     schedule     the timer wheel, and all that a device does when one of its timers fires
 *     patients     what the sensors measured in a slot
 *     twin         frames made, stamped and released
 *     send         a frame encoded and written to its socket
 *     acknowledge  an answer taken, from the parsed packet on
 *     connect      sockets opened, namespaces joined and left
 *     ledger       what became of each reading
 *
 * Each is without the others that lie inside it. What Node does to read a socket, and the parsing of what came,
 * is in none of them.
 */

/** Everything that a timer of this clock does is the schedule's. */
export function stagedClock(clock: Clock, stages: StageTimer): Clock {
  const stage = stages.stage('schedule');
  return {
    epochMs: () => clock.epochMs(),
    monotonicMs: () => clock.monotonicMs(),
    setTimer: (afterMs, then) =>
      clock.setTimer(afterMs, () => {
        const begun = stage.begin();
        then();
        stage.end(begun);
      }),
    clearTimer: (timer) => clock.clearTimer(timer),
  };
}

/** What patients are asked for: a slot's values, or its event. */
export function stagedValues<Asked extends number[], Result>(
  valuesOf: (...asked: Asked) => Result,
  stages: StageTimer,
): (...asked: Asked) => Result {
  const stage = stages.stage('patients');
  return (...asked) => {
    const begun = stage.begin();
    const values = valuesOf(...asked);
    stage.end(begun);
    return values;
  };
}

/** The class of twins that are timed: a subclass, so that no device costs an object more. */
export function stagedTwin(stages: StageTimer): typeof Twin {
  const stage = stages.stage('twin');
  return class StagedTwin extends Twin {
    override endSlot(
      startMs: number,
      slotMs: number,
      values: ArrayLike<number>,
      flags: number,
      batteryMv: number,
      dueMs: number,
    ): HeldFrame {
      const begun = stage.begin();
      const frame = super.endSlot(startMs, slotMs, values, flags, batteryMv, dueMs);
      stage.end(begun);
      return frame;
    }

    override transmit(nowMs: number): HeldFrame | undefined {
      const begun = stage.begin();
      const frame = super.transmit(nowMs);
      stage.end(begun);
      return frame;
    }

    override answered(answer: FrameAnswer, nowMs: number, flight: number = this.flight): void {
      const begun = stage.begin();
      super.answered(answer, nowMs, flight);
      stage.end(begun);
    }
  };
}

export function stagedLedger(ledger: FleetLedger, stages: StageTimer): FleetLedger {
  const stage = stages.stage('ledger');
  return {
    made(index, bytes) {
      const begun = stage.begin();
      ledger.made(index, bytes);
      stage.end(begun);
    },
    resolve(index, bytes, outcome, everSent) {
      const begun = stage.begin();
      ledger.resolve(index, bytes, outcome, everSent);
      stage.end(begun);
    },
    finish: () => ledger.finish(),
  };
}

export function stagedTransport(transport: DeviceTransport, stages: StageTimer): DeviceTransport {
  const of: LinkStages = {
    connect: stages.stage('connect'),
    send: stages.stage('send'),
    acknowledge: stages.stage('acknowledge'),
  };
  return {
    name: transport.name,
    open(target, token, listener) {
      const begun = of.connect.begin();
      const link = new StagedLink(listener, of);
      link.inner = transport.open(target, token, link);
      of.connect.end(begun);
      return link;
    },
  };
}

interface LinkStages {
  connect: Stage;
  send: Stage;
  acknowledge: Stage;
}

/** Both ends of one connection's port in one object. */
class StagedLink implements DeviceLink, DeviceLinkListener {
  inner!: DeviceLink;
  private readonly listener: DeviceLinkListener;
  private readonly stages: LinkStages;

  constructor(listener: DeviceLinkListener, stages: LinkStages) {
    this.listener = listener;
    this.stages = stages;
  }

  send(frame: Uint8Array): number {
    const { send } = this.stages;
    const begun = send.begin();
    const messageId = this.inner.send(frame);
    send.end(begun);
    return messageId;
  }

  close(): void {
    this.inner.close();
  }

  cut(): void {
    this.inner.cut();
  }

  answered(messageId: number, answer: FrameAnswer): void {
    const { acknowledge } = this.stages;
    const begun = acknowledge.begin();
    this.listener.answered(messageId, answer);
    acknowledge.end(begun);
  }

  connected(): void {
    const { connect } = this.stages;
    const begun = connect.begin();
    this.listener.connected();
    connect.end(begun);
  }

  refused(code: string, says: string): void {
    this.listener.refused(code, says);
  }

  command(command: DeviceCommand): void {
    this.listener.command(command);
  }

  disconnected(reason: string): void {
    const { connect } = this.stages;
    const begun = connect.begin();
    this.listener.disconnected(reason);
    connect.end(begun);
  }
}
