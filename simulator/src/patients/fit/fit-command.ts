import { fitModels } from './fit-models.ts';

// Prints the coefficients that `reference-server/src/infer/coefficients.ts` holds.
process.stdout.write(`${JSON.stringify(fitModels(), null, 2)}\n`);
