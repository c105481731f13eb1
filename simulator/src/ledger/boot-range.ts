const BOOTS = 0x10000;

/**
 * The boots of one run's devices, as the shortest unbroken range that holds all of them. All devices of a run
 * begin with the same boot and count on from there, and the numbers wrap at 65,536: so this is what the run can
 * have used, also where no reading of a boot in between was resolved.
 */
export class BootRange {
  private readonly met = new Uint8Array(BOOTS);
  private range: { from: number; length: number } | null = null;

  add(boot: number): void {
    this.met[boot] = 1;
    this.range = null;
  }

  has(boot: number): boolean {
    this.range ??= this.shortest();
    return (boot - this.range.from + BOOTS) % BOOTS < this.range.length;
  }

  /** What is left when the longest stretch without a boot, around the end of the numbers too, is taken away. */
  private shortest(): { from: number; length: number } {
    const boots: number[] = [];
    for (let boot = 0; boot < BOOTS; boot++) if (this.met[boot] === 1) boots.push(boot);
    let range = { from: 0, length: 0 };
    for (const [i, from] of boots.entries()) {
      const last = boots.at(i - 1)!;
      const length = ((last - from + BOOTS) % BOOTS) + 1;
      if (i === 0 || length < range.length) range = { from, length };
    }
    return range;
  }
}
