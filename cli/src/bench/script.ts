import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const OUTPUT_BYTES_MAX = 16 * 1024 * 1024;

/** Address of a compiled file of a workspace: its own benchmarks run as processes and are not exported. */
export function moduleOf(workspace: string, path: string): string {
  return new URL(path, import.meta.resolve(`@gaitway/${workspace}`)).href;
}

/** Runs a module in a Node of its own and resolves with what it printed. Rejects with its error text when it fails. */
export function runScript(
  entry: string,
  args: readonly string[],
  options: { nodeArguments?: readonly string[]; limitSeconds: number },
): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [...(options.nodeArguments ?? []), fileURLToPath(entry), ...args],
      { maxBuffer: OUTPUT_BYTES_MAX, timeout: options.limitSeconds * 1000, killSignal: 'SIGKILL' },
      (error, stdout, stderr) => {
        if (error) reject(new Error(`${fileURLToPath(entry)}: ${stderr.trim() || error.message}`));
        else resolve(stdout);
      },
    );
  });
}

/** The JSON objects that a script printed, one a line. */
export function jsonLines<Line>(output: string): Line[] {
  return output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Line);
}
