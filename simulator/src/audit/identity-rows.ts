/** A stretch of readings of one patient's window. */
export interface IdentityRow {
  patient: number;
  startMs: number;
  device: number;
  boot: number;
  fromSeq: number;
  toSeq: number;
}

const COLUMNS = 6;

/** Rows of numbers that grow without an object each: even when every window of a run is lost they fit. */
export class IdentityRows {
  private rows = new Float64Array(COLUMNS * 64);
  count = 0;

  add(row: IdentityRow): void {
    if ((this.count + 1) * COLUMNS > this.rows.length) {
      const grown = new Float64Array(this.rows.length * 2);
      grown.set(this.rows);
      this.rows = grown;
    }
    this.rows.set(
      [row.patient, row.startMs, row.device, row.boot, row.fromSeq, row.toSeq],
      this.count * COLUMNS,
    );
    this.count++;
  }

  *all(): Iterable<IdentityRow> {
    for (let i = 0; i < this.count; i++) {
      const [patient, startMs, device, boot, fromSeq, toSeq] = this.rows.subarray(
        i * COLUMNS,
        (i + 1) * COLUMNS,
      ) as unknown as [number, number, number, number, number, number];
      yield { patient, startMs, device, boot, fromSeq, toSeq };
    }
  }

  /** These rows without every reading that `others` name (their window is not looked at). */
  *without(others: IdentityRows): Iterable<IdentityRow> {
    const byBoot = new Map<string, IdentityRow[]>();
    for (const other of others.all()) {
      const key = `${other.device}:${other.boot}`;
      const list = byBoot.get(key);
      if (list === undefined) byBoot.set(key, [other]);
      else list.push(other);
    }
    for (const list of byBoot.values()) list.sort((a, b) => a.fromSeq - b.fromSeq);
    for (const row of this.all()) {
      let from = row.fromSeq;
      for (const other of byBoot.get(`${row.device}:${row.boot}`) ?? []) {
        if (other.fromSeq > row.toSeq) break;
        if (other.toSeq < from) continue;
        if (other.fromSeq > from) yield { ...row, fromSeq: from, toSeq: other.fromSeq - 1 };
        from = other.toSeq + 1;
      }
      if (from <= row.toSeq) yield { ...row, fromSeq: from };
    }
  }
}
