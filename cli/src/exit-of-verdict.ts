import { EXIT_CODE, type ExitCode, type Verdict } from '@gaitway/contract';

const CODES: Readonly<Record<Verdict, ExitCode>> = {
  holds: EXIT_CODE.holds,
  fails: EXIT_CODE.fails,
  invalid: EXIT_CODE.invalid,
  'no-verdict': EXIT_CODE.noVerdict,
};

/** The exit code of a verdict. `allowNoVerdict`: a missing input is no reason to stop a pipeline. */
export function exitCodeOf(verdict: Verdict, allowNoVerdict = false): ExitCode {
  return verdict === 'no-verdict' && allowNoVerdict ? EXIT_CODE.holds : CODES[verdict];
}
