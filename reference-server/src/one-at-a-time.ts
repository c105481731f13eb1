/** Runs one action after the other: what an action reads, no other changes before it has written. */
export class OneAtATime {
  private last: Promise<unknown> = Promise.resolve();

  run<T>(action: () => Promise<T>): Promise<T> {
    const result = this.last.then(action);
    this.last = result.catch(() => {});
    return result;
  }
}
