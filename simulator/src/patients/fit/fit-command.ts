import { writeFileSync } from 'node:fs';
import { builtInModelFile, MODEL_VERSION } from '@gaitway/reference-server';
import { fitModel } from './fit-models.ts';

// Writes the built-in model's file, or the one that the first argument names.
const file = process.argv[2] ?? builtInModelFile(MODEL_VERSION);
writeFileSync(file, `${JSON.stringify(fitModel(), null, 2)}\n`);
process.stdout.write(`wrote ${file}\n`);
