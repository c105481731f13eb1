#!/usr/bin/env node
// Prints what the parts cost, beside their alternatives. `npm run bench -- --help` says the rest.
import { bench } from '../dist/bench/main.js';

process.exit(await bench(process.argv.slice(2)));
