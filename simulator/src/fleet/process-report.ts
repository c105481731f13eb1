import type { Clock, TimerHandle } from '@gaitway/contract';
import { watchProcess } from '@gaitway/reference-server/process-watch';
import { watchDrift } from './generator-health.ts';
import { type FromProcess, type ProcessReport, REPORT_EVERY_MS, type ToProcess } from './messages.ts';

/**
 * Calls `report` once a second with what this process used since the last time. Returns what makes a last
 * report and stops it.
 */
export function reportEverySecond(clock: Clock, report: (report: ProcessReport) => void): () => void {
  const watch = watchProcess();
  const drift = watchDrift(clock);
  const send = () => report({ process: watch.sample(), clockDriftMs: drift() });
  let timer: TimerHandle;
  const tick = () => {
    timer = clock.setTimer(REPORT_EVERY_MS, tick);
    send();
  };
  timer = clock.setTimer(REPORT_EVERY_MS, tick);
  return () => {
    clock.clearTimer(timer);
    send();
    watch.close();
  };
}

/**
 * The forked side of the wire to the coordinator. Ctrl-C reaches every process of a terminal: only the
 * coordinator decides what it means, and a process that lost its coordinator leaves.
 */
export function connectToCoordinator(
  take: (message: ToProcess) => void,
): (message: FromProcess) => Promise<void> {
  const send = (message: FromProcess) =>
    new Promise<void>((sent) => {
      if (process.connected) process.send!(message, () => sent());
      else sent();
    });
  const fail = (error: unknown) => {
    void send({ kind: 'failed', says: error instanceof Error ? error.message : String(error) }).then(() =>
      process.exit(1),
    );
  };
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => {});
  process.on('disconnect', () => process.exit(1));
  process.on('uncaughtException', fail);
  process.on('unhandledRejection', fail);
  process.on('message', (message: ToProcess) => {
    try {
      take(message);
    } catch (error) {
      fail(error);
    }
  });
  return send;
}
