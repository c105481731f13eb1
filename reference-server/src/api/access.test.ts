import { describe, expect, it } from 'vitest';
import { mintToken } from '../tokens/tokens.ts';
import { ALERTS, openApiUnderTest, SECRET, type Who } from './api.fixture.ts';

const EVERYBODY: readonly Who[] = ['operator', 'doctor', 'caregiver', 'patient', 'stranger', 'device'];

/** Whom each token reaches. Devices are refused before. */
const REACH: Readonly<Partial<Record<Who, readonly string[]>>> = {
  operator: ['ada', 'ben', 'cleo'],
  doctor: ['ada', 'ben'],
  caregiver: ['cleo'],
  patient: ['ada'],
  stranger: [],
};

describe.each(Object.entries(REACH) as [Who, readonly string[]][])('a token of %s', (who, reach) => {
  it('lists those within reach, and nobody else', async () => {
    const { ask } = await openApiUnderTest();
    const idsOf = async (query: string) =>
      (
        (await ask(who, 'GET', `/v1/patients${query}`)).body as { patients: { patient: string }[] }
      ).patients.map(({ patient }) => patient);
    expect(await idsOf('')).toEqual(reach);
    expect(await idsOf('?ward=north')).toEqual(reach.filter((patient) => patient !== 'cleo'));
    expect(await idsOf('?ward=south')).toEqual(reach.filter((patient) => patient === 'cleo'));
  });

  it('reads one patient, their windows and medication only within reach', async () => {
    const { ask } = await openApiUnderTest();
    for (const patient of ['ada', 'ben', 'cleo']) {
      for (const path of ['', '/windows', '/medication', '/insights']) {
        const { status, body } = await ask(who, 'GET', `/v1/patients/${patient}${path}`);
        expect(status, `${patient}${path}`).toBe(reach.includes(patient) ? 200 : 404);
        if (status === 404) {
          const nobody = await ask(who, 'GET', `/v1/patients/nobody${path}`);
          expect(body).toEqual(JSON.parse(nobody.text.replaceAll('nobody', patient)));
        }
      }
    }
  });

  it('lists alerts of those within reach, also when another patient is asked for', async () => {
    const { ask } = await openApiUnderTest();
    const idsOf = async (query: string) =>
      ((await ask(who, 'GET', `/v1/alerts${query}`)).body as { alerts: { id: string }[] }).alerts
        .map(({ id }) => id)
        .sort();
    const visible = ALERTS.filter(({ patient }) => reach.includes(patient));
    expect(await idsOf('')).toEqual(visible.map(({ id }) => id));
    for (const patient of ['ada', 'cleo']) {
      expect(await idsOf(`?patient=${patient}`)).toEqual(
        visible.filter((alert) => alert.patient === patient).map(({ id }) => id),
      );
    }
  });

  it('enters medication and acknowledges only within reach', async () => {
    const { ask, archive, clock } = await openApiUnderTest();
    const body = { takenAtMs: clock.epochMs(), medication: 'levodopa', doseMg: 100 };
    for (const patient of ['ada', 'ben', 'cleo']) {
      const { status } = await ask(who, 'POST', `/v1/patients/${patient}/medication`, body);
      expect(status).toBe(who === 'operator' ? 403 : reach.includes(patient) ? 201 : 404);
      expect(await archive.medicationOf(patient, 0, 1e15, 10)).toHaveLength(status === 201 ? 1 : 0);
    }
    const mayAcknowledge = who !== 'operator' && who !== 'patient';
    for (const { id, patient } of ALERTS) {
      const { status } = await ask(who, 'POST', `/v1/alerts/${id}/acknowledge`);
      expect(status).toBe(!mayAcknowledge ? 403 : reach.includes(patient) ? 200 : 404);
      expect((await archive.alert(id))?.acknowledgedBy !== undefined).toBe(status === 200);
    }
  });
});

describe('access', () => {
  it('to export and control is for operators', async () => {
    const { ask } = await openApiUnderTest();
    for (const who of EVERYBODY) {
      const status = who === 'operator' ? 200 : 403;
      expect((await ask(who, 'GET', '/v1/export/windows')).status).toBe(status);
      expect((await ask(who, 'GET', '/v1/control/close-open-windows?id=c1')).status).toBe(status);
      expect((await ask(who, 'POST', '/v1/control/close-open-windows')).status).toBe(
        who === 'operator' ? 202 : 403,
      );
    }
  });

  it('to patients is not for devices, not even to their own', async () => {
    const { ask } = await openApiUnderTest();
    for (const url of ['/v1/patients', '/v1/patients/ada', '/v1/patients/ada/windows', '/v1/alerts']) {
      const { status, body, headers } = await ask('device', 'GET', url);
      expect(status).toBe(403);
      expect(headers['www-authenticate']).toBe('Bearer error="insufficient_scope"');
      expect(body).toMatchObject({ type: 'urn:gaitway:problem:role_not_allowed' });
    }
  });

  it('follows a patient who moves to another ward', async () => {
    const { ask, archive } = await openApiUnderTest();
    const ada = (await archive.patient('ada'))!;
    await archive.savePatients([{ ...ada, ward: 'south' }]);
    expect((await ask('doctor', 'GET', '/v1/patients/ada')).status).toBe(404);
    expect((await ask('patient', 'GET', '/v1/patients/ada')).status).toBe(200);
  });

  it('by name in a ward that may not be seen as a whole reaches everyone named, in pages', async () => {
    const { app, archive, clock } = await openApiUnderTest();
    const named = Array.from({ length: 30 }, (_, i) => `n${String(i).padStart(2, '0')}`);
    await archive.savePatients(
      named.map((patient, i) => ({
        patient,
        ward: i % 3 === 0 ? 'west' : 'east',
        device: i,
        displayName: patient,
        synthetic: true,
      })),
    );
    const token = mintToken(
      { role: 'caregiver', viewer: 'c', patients: [...named], wards: [] },
      SECRET,
      60,
      clock.epochMs(),
    );
    const found: string[] = [];
    let cursor = '';
    for (let pages = 0; pages < 20; pages++) {
      const answer = await app.inject({
        url: `/v1/patients?ward=west&limit=3${cursor}`,
        headers: { authorization: `Bearer ${token}` },
      });
      const page = answer.json<{ patients: { patient: string }[]; nextCursor: string | null }>();
      found.push(...page.patients.map(({ patient }) => patient));
      if (page.nextCursor === null) break;
      cursor = `&cursor=${page.nextCursor}`;
    }
    expect(found).toEqual(named.filter((_, i) => i % 3 === 0));
  });

  it('is not given by a cursor of somebody else', async () => {
    const { ask } = await openApiUnderTest();
    const { body } = await ask('operator', 'GET', '/v1/patients?limit=1');
    const { nextCursor } = body as { nextCursor: string };
    expect((await ask('stranger', 'GET', `/v1/patients?cursor=${nextCursor}`)).body).toEqual({
      patients: [],
      nextCursor: null,
    });
  });
});
