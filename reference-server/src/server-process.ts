import { type ProcessSample, watchProcess } from './observe/event-loop.ts';
import type { StageCpu } from './observe/stage-timer.ts';
import { realClock } from './real-clock.ts';
import { type RunningServer, startServer } from './server.ts';
import type { ServerSettings } from './settings.ts';

/** What a parent process tells a server process. */
export type ToServerProcess =
  | { type: 'start'; settings: ServerSettings }
  | { type: 'report' }
  | { type: 'stop'; drainMs: number };

/** What a server process tells its parent. */
export type FromServerProcess =
  | {
      type: 'ready';
      url: string;
      stores: RunningServer['stores'];
      durability: RunningServer['durability'];
    }
  | { type: 'failed'; name: string; code: string; message: string }
  | { type: 'sample'; sample: ProcessSample }
  | { type: 'warn'; says: string }
  | { type: 'report'; stages: StageCpu[]; metricsText: string }
  | { type: 'stopped' };

const SAMPLE_EVERY_MS = 1000;

/** Entry of a forked server process: it lives as long as its parent holds the channel. */
function serve(): void {
  let server: RunningServer | undefined;
  let stopping = false;
  const tell = (message: FromServerProcess) => {
    if (process.connected) process.send?.(message);
  };
  const stop = async (drainMs: number) => {
    if (stopping) return;
    stopping = true;
    try {
      await server?.stop({ drainMs });
    } catch (error) {
      tell({ type: 'warn', says: `shut-down: ${String(error)}` });
    }
    tell({ type: 'stopped' });
    process.exit(0);
  };

  process.on('message', (message: ToServerProcess) => {
    switch (message.type) {
      case 'start':
        void start(message.settings);
        break;
      case 'report':
        void server?.metricsText().then((metricsText) => {
          tell({ type: 'report', stages: server?.stages() ?? [], metricsText });
        });
        break;
      case 'stop':
        void stop(message.drainMs);
        break;
    }
  });
  process.on('SIGTERM', () => void stop(server?.settings.drainSpreadMs ?? 0));
  // Ctrl-C in a terminal reaches every process of the group: the parent decides what happens then.
  process.on('SIGINT', () => {});
  process.on('disconnect', () => void stop(0));

  async function start(settings: ServerSettings): Promise<void> {
    try {
      server = await startServer(settings, realClock, {
        info: () => {},
        warn: (says) => tell({ type: 'warn', says }),
      });
    } catch (error) {
      const { name, message, code } = error as Error & { code?: unknown };
      tell({ type: 'failed', name, code: String(code ?? ''), message });
      process.exit(1);
    }
    const watch = watchProcess();
    const again = () => {
      tell({ type: 'sample', sample: watch.sample() });
      realClock.setTimer(SAMPLE_EVERY_MS, again);
    };
    realClock.setTimer(SAMPLE_EVERY_MS, again);
    tell({ type: 'ready', url: server.url, stores: server.stores, durability: server.durability });
  }
}

serve();
