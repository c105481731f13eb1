// The services that suites run on where somebody names them, by the variable that does.
const SERVICES = [
  ['GAITWAY_REDIS_URL', 'Redis (for example redis://127.0.0.1:6379, appendonly yes)'],
  ['GAITWAY_MONGO_URL', 'MongoDB (for example mongodb://127.0.0.1:27017)'],
];

const missing = () => SERVICES.filter(([name]) => !process.env[name]);

/** GAITWAY_TEST=full is the depth of CI: more seeds, and nothing is skipped. */
export const isFull = () => process.env.GAITWAY_TEST === 'full';

/** Variables that name no service. */
export const missingVariables = () => missing().map(([name]) => name);

/** Recordings of real people are no part of the repository: a folder that is named must be there, none need be. */
export function recordingsLeftOut() {
  if (process.env.GAITWAY_RECORDINGS) return undefined;
  return 'Left out: the whole recordings of real people (excerpts were graded). Set GAITWAY_RECORDINGS to their folder to grade them.';
}

/** What cannot run without them, in one line. */
export function leftOut() {
  const services = missing().map(([, what]) => what);
  return `Left out: the suites of ${services.join(' and ')}. Set ${missingVariables().join(' and ')} to run them.`;
}
