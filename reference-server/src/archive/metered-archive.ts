import type { Meter } from '../observe/meter.ts';
import type { Archive, StoredReading } from './archive.ts';

/**
 * Counts what is written to an archive, by kind: the plans' claims about write reduction are measured here,
 * below the cache, whatever wrote. Fenced documents and alerts that were there already are not writes.
 */
export function meteredArchive(archive: Archive, meter: Meter): Archive {
  const windows = meter.counter('archiveWrites', { kind: 'window' });
  const alerts = meter.counter('archiveWrites', { kind: 'alert' });
  const patients = meter.counter('archiveWrites', { kind: 'patient' });
  const medication = meter.counter('archiveWrites', { kind: 'medication' });
  const insights = meter.counter('archiveWrites', { kind: 'insight' });
  const readings = meter.counter('archiveWrites', { kind: 'reading' });
  return {
    durability: archive.durability,
    saveWindows: async (documents) => {
      const outcomes = await archive.saveWindows(documents);
      windows.add(outcomes.filter((outcome) => outcome === 'saved').length);
      return outcomes;
    },
    saveAlerts: async (raised) => {
      const fresh = await archive.saveAlerts(raised);
      alerts.add(fresh.length);
      return fresh;
    },
    acknowledgeAlert: async (id, by, atMs) => {
      const alert = await archive.acknowledgeAlert(id, by, atMs);
      if (alert) alerts.add();
      return alert;
    },
    savePatients: async (profiles) => {
      await archive.savePatients(profiles);
      patients.add(profiles.length);
    },
    saveMedication: async (entry) => {
      await archive.saveMedication(entry);
      medication.add();
    },
    saveInsight: async (insight) => {
      const fresh = await archive.saveInsight(insight);
      if (fresh) insights.add();
      return fresh;
    },
    saveReadings: async (stored) => {
      const taken = await archive.saveReadings(stored);
      // A marker of the reading log lies among the readings without being one.
      const isFrame = ({ bytes }: StoredReading) => bytes.length > 0;
      readings.add(stored.filter(isFrame).length - taken.filter(isFrame).length);
      return taken;
    },
    rollOut: (candidate) => archive.rollOut(candidate),
    saveRollOut: (rollOut) => archive.saveRollOut(rollOut),
    windowsAt: (keys) => archive.windowsAt(keys),
    windowsOf: (patient, fromMs, toMs, limit) => archive.windowsOf(patient, fromMs, toMs, limit),
    scanWindows: (fromMs, toMs, pageSize) => archive.scanWindows(fromMs, toMs, pageSize),
    alerts: (query) => archive.alerts(query),
    alert: (id) => archive.alert(id),
    patient: (patient) => archive.patient(patient),
    patients: (scope, after, limit) => archive.patients(scope, after, limit),
    medicationOf: (patient, fromMs, toMs, limit) => archive.medicationOf(patient, fromMs, toMs, limit),
    insight: (id) => archive.insight(id),
    insightsOf: (patient, fromMs, toMs, limit) => archive.insightsOf(patient, fromMs, toMs, limit),
    readingsAfter: (partition, after, limit) => archive.readingsAfter(partition, after, limit),
    lastReadingPosition: (partition) => archive.lastReadingPosition(partition),
    expire: (nowMs) => archive.expire(nowMs),
    ping: () => archive.ping(),
    close: () => archive.close(),
  };
}
