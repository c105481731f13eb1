import { isIP } from 'node:net';
import type { LinkTarget } from './transport.ts';

/** A target, taken apart once so that a fleet does not parse its URL per connection. */
export interface TargetAddress {
  secure: boolean;
  /** Name or address without brackets. */
  host: string;
  port: number;
  /** `host[:port]` as the HTTP header wants it. */
  authority: string;
  /** Scheme and authority. */
  origin: string;
  localAddress: string | undefined;
}

/** Reads a target. Throws an error that says what is wrong with it, for a person who typed it. */
export function targetAddress(target: LinkTarget): TargetAddress {
  const wrong = (what: string) =>
    new Error(`The target "${target.url}" ${what}: give it as http://HOST:PORT or https://HOST:PORT.`);
  if (!URL.canParse(target.url)) throw wrong('is not an address');
  const url = new URL(target.url);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw wrong(`begins with ${url.protocol}//`);
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '') throw wrong('carries a path');
  if (url.username !== '' || url.password !== '') throw wrong('carries a user name');
  if (target.localAddress !== undefined && isIP(target.localAddress) === 0) {
    throw new Error(`The source address "${target.localAddress}" is not an IP address of this machine.`);
  }
  const secure = url.protocol === 'https:';
  return {
    secure,
    host: url.hostname.startsWith('[') ? url.hostname.slice(1, -1) : url.hostname,
    port: url.port === '' ? (secure ? 443 : 80) : Number(url.port),
    authority: url.host,
    origin: url.origin,
    localAddress: target.localAddress,
  };
}
