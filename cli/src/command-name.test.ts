import { delimiter, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commandName, typed } from './command-name.ts';

const checkout = join('home', 'somebody', 'checkout', 'node_modules', '.bin');
const own = join('usr', 'local', 'bin');
const pathOf = (...folders: string[]) => ({ PATH: ['', join('usr', 'bin'), ...folders].join(delimiter) });
const has = (folder: string) => (path: string) => path === join(folder, 'gaitway');

describe('what is typed to start it again', () => {
  it('is its name where that is on the PATH', () => {
    expect(commandName(pathOf(own), has(own), 'linux')).toBe('gaitway');
  });

  it('is npx where it is nowhere', () => {
    expect(commandName(pathOf(own), () => false, 'linux')).toBe('npx gaitway');
    expect(commandName({}, () => true, 'linux')).toBe('npx gaitway');
  });

  it('is npx where npm alone has put it on the PATH', () => {
    expect(commandName(pathOf(checkout, own), has(checkout), 'linux')).toBe('npx gaitway');
  });

  it('is found by the file that Windows starts', () => {
    const isFile = (path: string) => path === join(own, 'gaitway.cmd');
    expect(commandName({ Path: own }, isFile, 'win32')).toBe('gaitway');
  });

  it('stands in front of what a record keeps', () => {
    expect(typed(['gaitway', 'run', 'smoke', '--seed', '7'])).toBe(`${commandName()} run smoke --seed 7`);
  });
});
