import { CONDITIONS } from './domain.ts';

/** What grades can be about: the conditions of slots, and falls, which are events. */
export const GRADE_SUBJECTS = [...CONDITIONS, 'fall'] as const;
export type GradeSubject = (typeof GRADE_SUBJECTS)[number];

/** Below this share of answers a server is taken to have left some out. */
export const COVERAGE_LEAST = 0.99;
