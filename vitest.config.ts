import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['**/src/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    reporters: ['default', './cli/bin/count-reporter.js'],
    // Hang limits, not expectations of speed: wide enough for a machine with much else to do.
    testTimeout: 900_000,
    hookTimeout: 900_000,
    // More than the cores of a small machine: what plays a run through the binary waits for its windows to end.
    maxWorkers: process.env.GAITWAY_TEST === 'full' ? 3 : 4,
    // No suite changes what another one imports; loading everything anew for each took a quarter of the time.
    isolate: false,
    // What other workspaces built is taken as Node takes it: nothing is to be transformed in it.
    server: { deps: { external: [/\/dist\//] } },
  },
});
