/** A list of numbers that grows without an object each: a recording of hours has millions. */
export class GrowingNumbers {
  private values = new Float64Array(4096);
  length = 0;

  push(value: number): void {
    if (this.length === this.values.length) {
      const grown = new Float64Array(2 * this.values.length);
      grown.set(this.values);
      this.values = grown;
    }
    this.values[this.length++] = value;
  }

  at(index: number): number | undefined {
    return index < this.length ? this.values[index] : undefined;
  }

  whole(): Float64Array {
    return this.values.slice(0, this.length);
  }
}
