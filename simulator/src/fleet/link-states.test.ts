import { HANDSHAKE_FAULTS } from '@gaitway/contract';
import { describe, expect, it } from 'vitest';
import { LINK_EVENTS, LINK_STATES, type LinkState, nextLinkState, refusalEvent } from './link-states.ts';

const STATES = Object.keys(LINK_STATES) as LinkState[];

describe('link states', () => {
  it('name only states and events that exist', () => {
    for (const state of STATES) {
      for (const [event, next] of Object.entries(LINK_STATES[state])) {
        expect(LINK_EVENTS).toContain(event);
        expect(STATES).toContain(next);
      }
    }
  });

  it('end in stopped from anywhere, and nothing leads out of it', () => {
    for (const state of STATES) {
      if (state !== 'stopped') expect(nextLinkState(state, 'close')).toBe('stopped');
    }
    for (const event of LINK_EVENTS) expect(nextLinkState('stopped', event)).toBeUndefined();
  });

  it('lead back to an attempt from everywhere but stopped', () => {
    const reaches = (from: LinkState): boolean => {
      const seen = new Set<LinkState>([from]);
      for (const state of seen) for (const next of Object.values(LINK_STATES[state])) seen.add(next);
      return seen.has('connecting');
    };
    for (const state of STATES) expect(reaches(state)).toBe(state !== 'stopped');
  });

  it('stop a device whose token is refused, and only that', () => {
    for (const code of Object.keys(HANDSHAKE_FAULTS)) {
      expect(refusalEvent(code)).toBe(code.startsWith('token_') ? 'barred' : 'turnedAway');
    }
    expect(refusalEvent('some other text')).toBe('turnedAway');
  });
});
