import { isFull, leftOut, missingVariables, recordingsLeftOut } from './services.js';

/**
 * Closes a test run with one plain line: `N passed, N failed`. Skipped tests are named, so that none hides; where they
 * may lack a service the line before says which, and at full depth, which skips nothing, the run has then failed.
 */
export default class CountReporter {
  onInit(vitest) {
    this.vitest = vitest;
  }

  onTestRunEnd(modules, unhandledErrors) {
    let passed = 0;
    let failed = unhandledErrors.length;
    let skipped = 0;
    const reasons = new Set();
    for (const module of modules) {
      let tests = 0;
      for (const test of module.children.allTests()) {
        tests += 1;
        const { state } = test.result();
        if (state === 'passed') passed += 1;
        else if (state === 'failed') failed += 1;
        else skipped += 1;
      }
      for (const suite of module.children.allSuites()) {
        // A suite that lacks a program of this machine says so in its name.
        const reason = /\(skipped: (.*)\)$/.exec(suite.name)?.[1];
        if (reason !== undefined) reasons.add(reason);
      }
      if (tests === 0 && module.state() === 'failed') failed += 1;
    }
    // Tests that do not match `-t NAME` are skipped as well: then nobody asked for the others.
    const isWhole = this.vitest.config.testNamePattern === undefined;
    if (skipped > 0 && isWhole && missingVariables().length > 0) {
      console.log(leftOut());
      if (isFull()) {
        failed += 1;
        process.exitCode = 1;
      }
    }
    if (reasons.size > 0 && isWhole)
      console.log(`Left out as well: what needs more (${[...reasons].join('; ')}).`);
    const recordings = skipped > 0 && isWhole ? recordingsLeftOut() : undefined;
    if (recordings !== undefined) console.log(recordings);
    console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
  }
}
