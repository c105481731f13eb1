import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { FromServerProcess, ToServerProcess } from '../server-process.ts';
import type { ServerSettings } from '../settings.ts';
import { type Harness, settingsFor } from './running-server.fixture.ts';

/** A process of its own runs compiled code: build the workspace before this test. */
const ENTRY = fileURLToPath(new URL('../../dist/server-process.js', import.meta.url));

/** A server in a process of its own, which is killed at the end of the test if it still runs. */
export async function forkedServer(
  harness: Harness,
  over: Partial<ServerSettings>,
): Promise<{ child: ChildProcess; url: string }> {
  const child = fork(ENTRY, [], { serialization: 'advanced' });
  harness.later(() => child.kill('SIGKILL'));
  child.send({ type: 'start', settings: settingsFor(over) } satisfies ToServerProcess);
  const url = await new Promise<string>((resolve, reject) => {
    child.once('exit', () => reject(new Error('the server process ended')));
    child.on('message', (message: FromServerProcess) => {
      if (message.type === 'ready') resolve(message.url);
      if (message.type === 'failed') reject(new Error(message.message));
    });
  });
  return { child, url };
}
