import { createServer, isIPv4, isIPv6 } from 'node:net';
import { EXIT_CODE } from '@gaitway/contract';
import { Fault } from '../fault.ts';

/** More have never been needed: four give ports for 100,000 devices, and all of 127.0.0.x for six million. */
const ADDRESSES_MAX = 256;

/**
 * The addresses that a text names, each once: single ones and ranges (`127.0.0.1-127.0.0.4`, IPv4 only), with
 * commas between. Throws a {@link Fault} that says what is wrong with it.
 */
export function parseSourceAddresses(text: string): string[] {
  const addresses = new Set<string>();
  for (const part of text.split(',').map((each) => each.trim())) {
    for (const address of addressesOf(part)) addresses.add(address);
    if (addresses.size > ADDRESSES_MAX) throw wrong(`${text} names more than ${ADDRESSES_MAX} addresses`);
  }
  return [...addresses];
}

/**
 * The same, and each is an address of this machine. That is found out by listening on it for a moment, which is
 * all that the system asks of a source address.
 */
export async function checkedSourceAddresses(text: string | undefined): Promise<string[] | undefined> {
  if (text === undefined) return undefined;
  const addresses = parseSourceAddresses(text);
  for (const address of addresses) {
    const refusal = await refusalOf(address);
    if (refusal !== undefined) throw wrong(`${address} is not an address of this machine (${refusal})`);
  }
  return addresses;
}

function addressesOf(part: string): Iterable<string> {
  if (isIPv4(part) || isIPv6(part)) return [part];
  const [first, last, ...more] = part.split('-');
  if (first === undefined || last === undefined || more.length > 0 || !isIPv4(first) || !isIPv4(last)) {
    throw wrong(`${part === '' ? 'an empty place' : part} is neither an IP address nor a range of them`);
  }
  const [from, to] = [numberOf(first), numberOf(last)];
  if (to < from) throw wrong(`the range ${part} runs backwards`);
  // One too many is enough to be refused for it.
  const length = Math.min(to - from + 1, ADDRESSES_MAX + 1);
  return Array.from({ length }, (_, i) => textOf(from + i));
}

function numberOf(address: string): number {
  return address.split('.').reduce((number, byte) => number * 256 + Number(byte), 0);
}

function textOf(number: number): string {
  return [24, 16, 8, 0].map((shift) => (number >>> shift) & 0xff).join('.');
}

/** The code of the error with which the system refuses to bind to it. */
function refusalOf(address: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ host: address, port: 0 }, () => server.close(() => resolve(undefined)));
  });
}

function wrong(says: string): Fault {
  return new Fault(
    'bad_source_addresses',
    `--source-addresses: ${says}`,
    'Write it as 127.0.0.1-127.0.0.4, or as a list with commas.',
    EXIT_CODE.badInput,
  );
}
