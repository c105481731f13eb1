import { describe, expect, it } from 'vitest';
import { watchServerEnd } from './server-end.ts';

const SAYS = 'server process server-0 ended by SIGKILL';

function serverThatEnds() {
  const listeners: (() => void)[] = [];
  const server = {
    endedBecause: undefined as string | undefined,
    onEnd: (listener: () => void) => {
      listeners.push(listener);
    },
  };
  const end = () => {
    server.endedBecause = SAYS;
    for (const listener of listeners) listener();
  };
  return { server, end };
}

describe("the end of a run's own server", () => {
  it('is a failure of the run where it came before the Ctrl-C', () => {
    const interrupt = new AbortController();
    const { server, end } = serverThatEnds();
    const ended = watchServerEnd(server, interrupt.signal);
    end();
    interrupt.abort();
    expect(ended).toEqual({ byItself: [`The ${SAYS} during the run.`], withTheRun: [] });
  });

  it('is a note where it came after it', () => {
    const interrupt = new AbortController();
    const { server, end } = serverThatEnds();
    const ended = watchServerEnd(server, interrupt.signal);
    interrupt.abort();
    end();
    expect(ended).toEqual({ byItself: [], withTheRun: [SAYS] });
  });

  it('is a failure where nobody could interrupt the run, and nothing while it lives', () => {
    const { server, end } = serverThatEnds();
    const ended = watchServerEnd(server);
    expect(ended).toEqual({ byItself: [], withTheRun: [] });
    end();
    expect(ended.byItself).toHaveLength(1);
  });
});
