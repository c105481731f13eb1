/**
 * Records of one length, kept as the bytes they are and handed out by patient. A ledger is written in
 * the order of time; sorting an index of 4 bytes a record by counting brings it into the order of
 * patients without an object per record: 6 million runs take 34 + 4 bytes each.
 */
const RECORDS_PER_PAGE = 16_384;

export class PatientRecords {
  private readonly recordBytes: number;
  private readonly pages: Uint8Array[] = [];
  private readonly views: DataView[] = [];
  private readonly perPatient: Uint32Array;
  private order: Uint32Array | null = null;
  count = 0;

  /** Each record holds its patient's index as a u32 at offset 4. */
  constructor(recordBytes: number, patients: number) {
    this.recordBytes = recordBytes;
    this.perPatient = new Uint32Array(patients + 1);
  }

  /** Keeps a copy of the record at `at`. All records are added before the first is asked for. */
  add(source: Uint8Array, at: number): void {
    if (this.order !== null) throw new Error('records were added after they had been put in order');
    const slot = this.count % RECORDS_PER_PAGE;
    if (slot === 0) {
      const page = new Uint8Array(RECORDS_PER_PAGE * this.recordBytes);
      this.pages.push(page);
      this.views.push(new DataView(page.buffer));
    }
    this.pages[this.pages.length - 1]!.set(
      source.subarray(at, at + this.recordBytes),
      slot * this.recordBytes,
    );
    this.perPatient[this.patientOf(this.count) + 1]!++;
    this.count++;
  }

  /** Calls `visit` for each record of the patient, in the order in which they were added. */
  ofPatient(patient: number, visit: (view: DataView, at: number, page: Uint8Array) => void): void {
    const order = this.order ?? this.sort();
    const until = this.perPatient[patient + 1]!;
    for (let i = this.perPatient[patient]!; i < until; i++) {
      const record = order[i]!;
      const page = Math.floor(record / RECORDS_PER_PAGE);
      visit(this.views[page]!, (record % RECORDS_PER_PAGE) * this.recordBytes, this.pages[page]!);
    }
  }

  /** Whether there is any record of the patient. */
  holds(patient: number): boolean {
    this.order ??= this.sort();
    return this.perPatient[patient + 1]! > this.perPatient[patient]!;
  }

  private patientOf(record: number): number {
    const view = this.views[Math.floor(record / RECORDS_PER_PAGE)]!;
    return view.getUint32((record % RECORDS_PER_PAGE) * this.recordBytes + 4, true);
  }

  /** Counting sort; afterwards `perPatient[p]` is where the records of patient p begin. */
  private sort(): Uint32Array {
    const begins = this.perPatient;
    for (let p = 1; p < begins.length; p++) begins[p]! += begins[p - 1]!;
    const next = begins.slice();
    const order = new Uint32Array(this.count);
    for (let record = 0; record < this.count; record++) order[next[this.patientOf(record)]!++] = record;
    this.order = order;
    return order;
  }
}
