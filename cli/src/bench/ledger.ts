import { realClock } from '@gaitway/reference-server';
import { measureLedger } from '@gaitway/simulator';
import { type Benchmark, repeated } from './benchmark.ts';
import { rowOf, spreadOf } from './row.ts';

const SLOT_MS = 5000;

/** What it costs to write down every reading, and to compare it all with an archive. */
export const ledger: Benchmark = {
  name: 'ledger',
  says: 'the ledger and its audit, without sockets',
  long: false,
  estimateSeconds: ({ repeats, quick }) => repeats * (quick ? 1 : 3),
  async run(context) {
    const size = { patients: context.quick ? 500 : 2000, readingsPerPatient: 240, slotMs: SLOT_MS };
    const what = `${size.patients * size.readingsPerPatient} readings`;
    const measured = await repeated(context, what, () => measureLedger({ clock: realClock, ...size }));
    return [
      rowOf('ledger, bytes per reading', 'B', spreadOf(measured.map((one) => one.bytes / one.readings))),
      rowOf(
        'ledger, bytes per patient and window',
        'B',
        spreadOf(measured.map((one) => one.bytesPerPatientAndWindow)),
        { goal: { of: 'value', atMost: 64 } },
      ),
      rowOf('ledger, writing per reading', 'us', spreadOf(measured.map((one) => one.writeUsPerReading))),
      rowOf('audit, per window', 'us', spreadOf(measured.map((one) => one.auditUsPerWindow))),
    ];
  },
};
