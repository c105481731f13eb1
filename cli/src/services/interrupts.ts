import { EXIT_CODE } from '@gaitway/contract';

/** What the two Ctrl-C of a person mean. A SIGTERM is taken for one. */
export interface Interrupts {
  /** Aborted by the first: come to an orderly end. */
  readonly first: AbortSignal;
  /** Aborted by the second, just before this process ends: whoever has processes kills them. */
  readonly second: AbortSignal;
  /** From now on either signal ends the process. */
  close(): void;
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;
const atOnce = () => process.exit(EXIT_CODE.interrupted);

/** Where nothing has to be brought to an end yet, a Ctrl-C ends the process, with the code that says so. */
export function endAtFirstInterrupt(): void {
  for (const signal of SIGNALS) process.on(signal, atOnce);
}

/** Listens from now on. `says` hears what happens; `firstSays` is asked when it does, in one sentence. */
export function listenForInterrupts(says: (line: string) => void, firstSays: () => string): Interrupts {
  const first = new AbortController();
  const second = new AbortController();
  const heard = () => {
    if (!first.signal.aborted) {
      says(`${firstSays()} Ctrl-C again stops at once.`);
      first.abort();
      return;
    }
    second.abort();
    process.stderr.write('Stopped at once.\n');
    process.exit(EXIT_CODE.interrupted);
  };
  for (const signal of SIGNALS) {
    process.on(signal, heard);
    process.off(signal, atOnce);
  }
  return {
    first: first.signal,
    second: second.signal,
    close: () => {
      for (const signal of SIGNALS) {
        process.on(signal, atOnce);
        process.off(signal, heard);
      }
    },
  };
}
