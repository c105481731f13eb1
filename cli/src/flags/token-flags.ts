import { Flags } from '@oclif/core';
import { DATA_FLAG } from './store-flags.ts';

/** How long a token is good and who signs it: the same flags wherever one is minted. */
export const TOKEN_FLAGS = {
  ttl: Flags.string({ description: 'how long the token is good', default: '24h', helpValue: 'TIME' }),
  data: DATA_FLAG,
};
