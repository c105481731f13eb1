import { didYouMean, EXIT_CODE, nearestName } from '@gaitway/contract';
import { Errors } from '@oclif/core';
import { commandName } from './command-name.ts';
import { Fault } from './fault.ts';

/** An error as the person who met it needs it. */
export interface Explained {
  exitCode: number;
  code: string;
  says: string;
  next: string;
}

/** What went wrong, what to do, and the exit code. Faults of other workspaces are known by name: nothing of them is loaded. */
export function explain(error: unknown, commands: readonly string[]): Explained {
  if (error instanceof Fault) {
    return { exitCode: error.exitCode, code: error.code, says: error.message, next: error.next };
  }
  if (error instanceof Errors.ExitError) {
    return { exitCode: error.oclif.exit ?? 0, code: 'exit', says: '', next: '' };
  }
  if (error instanceof Errors.CLIError) return usage(error, commands);
  return situation(error) ?? bug(error);
}

const HELP = 'Add --help to the command to see its flags and an example.';

function usage(error: Errors.CLIError, commands: readonly string[]): Explained {
  const says = plainly(error.message);
  const answer = (code: string, what: string, next: string): Explained => ({
    exitCode: EXIT_CODE.badInput,
    ...{ code, says: what, next },
  });
  const unknown = /^command (.+) not found$/.exec(says)?.[1];
  if (unknown?.startsWith('-')) {
    const near = nearestName(unknown, ['--help', '--version']);
    return answer(
      'unknown_flag',
      `there is no flag ${unknown} here`,
      `${near === undefined ? 'A flag comes after its command.' : `Did you mean '${near}'?`} See ${commandName()} --help.`,
    );
  }
  if (unknown !== undefined) {
    const written = unknown.replaceAll(':', ' ');
    const own = commands.filter((command) => !command.startsWith('autocomplete '));
    // What follows a command is its arguments: the first word alone may be what was meant.
    const near = nearestName(written, own) ?? nearestName(written.split(' ')[0]!, own);
    return answer(
      'unknown_command',
      `there is no command '${written}'`,
      `${near === undefined ? `There is: ${own.join(', ')}.` : `Did you mean '${near}'?`} See ${commandName()} --help.`,
    );
  }
  const { flags, parse } = error as unknown as {
    flags?: readonly string[];
    parse?: { input?: { flags?: Record<string, unknown> } };
  };
  const known = Object.keys(parse?.input?.flags ?? {}).map((flag) => `--${flag}`);
  if (says.startsWith('Nonexistent flag') && flags?.[0] !== undefined && known.length > 0) {
    return answer(
      'unknown_flag',
      `there is no flag ${flags.join(', ')} here`,
      `${capital(didYouMean(flags[0], known.sort()))} Add --help to see what each does.`,
    );
  }
  return answer('usage', says, HELP);
}

/** What the parser says, without its own way of saying that there is help and where it was. */
function plainly(message: string): string {
  return message
    .replace(/\nSee more help with --help$/, '')
    .replace(/^The following errors? occurred:\n\s*/, '')
    .replace(/Missing required flag (\S+)/g, '--$1 is required')
    .replace(/^Missing \d+ required args?:\n(\S+)\s+([^\n]*)[\s\S]*$/, (_, name: string, says: string) => {
      return `${name.toUpperCase()} is missing: ${says}`;
    })
    .replace(/^Parsing (--[\w-]+)\s+(?:Expected|expected) /, '$1: expected ');
}

interface Coded {
  name?: string;
  message: string;
  code?: unknown;
  kind?: string;
  hint?: string;
  syscall?: string;
}

/** The user's situation as other workspaces tell it: by the error's name and code. */
function situation(error: unknown): Explained | undefined {
  if (!(error instanceof Error)) return undefined;
  const { message: says, hint = '', syscall, ...rest } = fieldsOf(error);
  const code = String(rest.code ?? '');
  // A server process tells the name of what stopped it; `kind` is that name.
  const name = rest.name === 'ServerProcessFault' && rest.kind ? rest.kind : rest.name;
  const fault = (exitCode: number, next = '', as = code || 'fault') => ({ exitCode, code: as, says, next });
  if (code === 'EADDRINUSE' || (code === 'EACCES' && /listen/.test(`${syscall} ${says}`))) {
    const where = /(\S+:\d+)\s*$/.exec(says)?.[1] ?? 'the address';
    return {
      exitCode: EXIT_CODE.badInput,
      code: code === 'EACCES' ? 'port_forbidden' : 'port_in_use',
      says:
        code === 'EACCES'
          ? `this user may not listen at ${where}`
          : `${where} is in use: another process listens there`,
      next: 'Choose another port with --port (0 takes any that is free), or stop the other process.',
    };
  }
  if (code === 'ENOTFOUND' || code === 'EADDRNOTAVAIL') {
    if (!/listen|getaddrinfo/.test(`${syscall} ${says}`)) return undefined;
    return fault(
      EXIT_CODE.badInput,
      'Give --host an address of this machine, such as 127.0.0.1.',
      'bad_host',
    );
  }
  switch (name) {
    case 'StoreFault':
      return fault(code.endsWith('unreachable') ? EXIT_CODE.unreachable : EXIT_CODE.badInput);
    case 'DataFolderFault':
    case 'ModelFileFault':
      return fault(EXIT_CODE.badInput);
    case 'FolderFault':
      return fault(
        EXIT_CODE.badInput,
        'Name another folder with --data, or give this user the right to write there.',
        'data_folder',
      );
    case 'TokenSecretFault':
      return fault(EXIT_CODE.badInput, '', 'token_secret');
    case 'UnknownScenario':
      return fault(
        EXIT_CODE.badInput,
        `${capital(hint)} See ${commandName()} run --help.`,
        'unknown_scenario',
      );
    case 'TargetFault':
      return fault(EXIT_CODE.unreachable, 'Does it run, and is it the address that you meant?', 'target');
    case 'AuditError':
      return fault(
        EXIT_CODE.noVerdict,
        'What the archive gave is at fault, not the run: see to it that the server answers as docs/openapi.json says, and audit again.',
      );
    case 'HexFault':
    case 'FirmwareFault':
      return fault(EXIT_CODE.badInput, '', 'bad_firmware');
    case 'SampleTraceFault':
      return fault(EXIT_CODE.badInput, '', 'bad_samples');
    case 'FirmwareHangs':
      return fault(EXIT_CODE.badInput, '', 'firmware_hangs');
    case 'CohortFault':
      return fault(EXIT_CODE.badInput, '', 'bad_cohort');
    case 'RecordingError':
      return fault(EXIT_CODE.badInput, capital(hint));
    case 'LedgerError':
      return fault(EXIT_CODE.badInput);
    default:
      return undefined;
  }
}

function fieldsOf(error: Error): Coded {
  const { name, message, code, kind, hint, syscall } = error as Error & Coded;
  return {
    name,
    message,
    ...(code === undefined ? {} : { code }),
    ...(kind === undefined ? {} : { kind }),
    ...(hint === undefined ? {} : { hint }),
    ...(syscall === undefined ? {} : { syscall }),
  };
}

function bug(error: unknown): Explained {
  const says = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return {
    exitCode: EXIT_CODE.bug,
    code: 'bug',
    says: `this is a bug of ours:\n${says}`,
    next: 'Please report it with the command and the lines above.',
  };
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1) + (/[.?!]$/.test(text) ? '' : '.');
}
