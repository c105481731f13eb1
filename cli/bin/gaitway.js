#!/usr/bin/env node
import { existsSync } from 'node:fs';

const main = new URL('../dist/main.js', import.meta.url);
if (existsSync(main)) {
  const { main: run } = await import(main.href);
  await run(process.argv.slice(2), import.meta.url);
} else {
  console.error(
    'gaitway: it is not built yet\n  npm start builds what is missing and plays a first run; npm run build only builds.',
  );
  process.exitCode = 104;
}
