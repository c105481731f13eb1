import { SituationFault } from '../situation-fault.ts';

/** What can be wrong with a store that was asked for. The code is for programs, the message for people. */
export const STORE_FAULTS = [
  'redis_url',
  'redis_unreachable',
  'redis_evicts',
  'redis_not_durable',
  'redis_layout',
  'folder_layout',
  'mongo_url',
  'mongo_unreachable',
  'mongo_layout',
  'mongo_missing',
  'archive_not_durable',
  'readings_left_behind',
] as const;
export type StoreFaultCode = (typeof STORE_FAULTS)[number];

/** What is wrong with a store, where, and what to do. */
export class StoreFault extends SituationFault<StoreFaultCode> {
  override name = 'StoreFault';
}

/** An address without its password, fit for a message or a log. */
export function withoutPassword(url: string): string {
  return url.replace(/\/\/[^@/]*@/, '//');
}
