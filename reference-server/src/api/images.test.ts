import { describe, expect, it } from 'vitest';
import { openApiUnderTest, type Who } from './api.fixture.ts';

const IMAGE = Uint8Array.from({ length: 1000 }, (_, at) => (at * 7) % 256);
const PATH = '/v1/images/0badcafe';

const open = () => openApiUnderTest({ imageOf: async (hash) => (hash === 0x0badcafe ? IMAGE : undefined) });

/** The answer's bytes: what it has as text is not what it sent. */
async function get(who: Who | null, range?: string, url = PATH) {
  const { app, tokenOf } = await open();
  const answer = await app.inject({
    ...{ method: 'GET' as const, url },
    headers: {
      ...(who === null ? {} : { authorization: `Bearer ${tokenOf(who)}` }),
      ...(range === undefined ? {} : { range }),
    },
  });
  const { statusCode: status, headers } = answer;
  return { status, headers, bytes: new Uint8Array(answer.rawPayload), says: answer.body };
}

describe('the image of an update', () => {
  it('is given to a device as a whole', async () => {
    const { status, headers, bytes } = await get('device');
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-length': '1000',
      'accept-ranges': 'bytes',
    });
    expect(bytes).toEqual(IMAGE);
  });

  it.each([
    ['bytes=0-99', 0, 99],
    ['bytes=900-', 900, 999],
    ['bytes=900-4995', 900, 999],
    ['bytes=-10', 990, 999],
    ['bytes=-5000', 0, 999],
    ['bytes=999-999', 999, 999],
  ])('is given in pieces: %s', async (range, from, to) => {
    const { status, headers, bytes } = await get('device', range);
    expect([status, headers['content-range']]).toEqual([206, `bytes ${from}-${to}/1000`]);
    expect(bytes).toEqual(IMAGE.slice(from, to + 1));
  });

  it.each(['bytes=1000-', 'bytes=5000-6000', 'bytes=7-3', 'bytes=-0'])(
    'says how long it is to who asks for what is not there: %s',
    async (range) => {
      const { status, headers, says } = await get('device', range);
      expect([status, headers['content-range']]).toEqual([416, 'bytes */1000']);
      expect(says).toMatch(/1000 bytes, from 0 to 999/);
    },
  );

  it.each(['bytes=', 'bytes=-', 'bytes=0-1,5-6', 'pages=0-1', 'bytes=a-b', 'bytes=99999999999-'])(
    'says what a range is to who asks otherwise: %s',
    async (range) => {
      const { status, says } = await get('device', range);
      expect(status).toBe(400);
      expect(says).toMatch(/header\.range.*ask for bytes=0-4095/);
    },
  );

  it('says that there is no such image, and what a hash is', async () => {
    expect(await get('device', undefined, '/v1/images/0badcaff')).toMatchObject({
      ...{ status: 404, says: expect.stringMatching(/no image 0badcaff: the update wave is to another one/) },
    });
    expect((await get('device', undefined, '/v1/images/1.1.0')).status).toBe(400);
  });

  it('is for devices and operators', async () => {
    expect((await get('operator')).status).toBe(200);
    for (const who of ['doctor', 'patient'] as const) expect((await get(who)).status).toBe(403);
    expect((await get(null)).status).toBe(401);
  });

  it('is given by a server without the role api too: devices know no other', async () => {
    const { ask } = await openApiUnderTest({ serves: 'operations', imageOf: async () => IMAGE });
    expect((await ask('device', 'GET', PATH)).status).toBe(200);
  });
});
