/** One table, asserted by tests that run the binary. */
export const EXIT_CODE = {
  /** The run holds; the command did what it was asked. */
  holds: 0,
  /** A service or target cannot be reached, or something that is needed is missing. */
  unreachable: 69,
  /** A bug of ours. */
  bug: 70,
  /** No verdict: an input is missing, and it is named. */
  noVerdict: 96,
  /** The run is invalid: the generator was the bottleneck, or there are too few samples. */
  invalid: 98,
  /** A gate failed. */
  fails: 99,
  /** A bad plan, flag, command or configuration. */
  badInput: 104,
  /** Interrupted with Ctrl-C. */
  interrupted: 105,
} as const;
export type ExitCode = (typeof EXIT_CODE)[keyof typeof EXIT_CODE];
