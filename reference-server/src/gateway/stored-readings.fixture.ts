import type { WindowDocument } from '@gaitway/contract';
import { tokenOf, until } from './running-server.fixture.ts';

export const OPERATOR = { authorization: `Bearer ${tokenOf({ role: 'operator', operator: 'o' })}` };

/** Every window of the archive, after all that is open was closed. */
export async function archived(url: string): Promise<WindowDocument[]> {
  const ask = `${url}/v1/control/close-open-windows`;
  const begun = (await (await fetch(ask, { method: 'POST', headers: OPERATOR })).json()) as { id: string };
  await until(async () => {
    const progress = await fetch(`${ask}?id=${begun.id}`, { headers: OPERATOR });
    return ((await progress.json()) as { done: boolean }).done;
  });
  const text = await (await fetch(`${url}/v1/export/windows`, { headers: OPERATOR })).text();
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as WindowDocument);
}

/** `device:boot:seq` of everything that was stored, sorted. */
export const identities = (windows: WindowDocument[]): string[] =>
  windows
    .flatMap((window) =>
      window.identities.flatMap(({ device, boot, fromSeq, toSeq }) =>
        Array.from({ length: toSeq - fromSeq + 1 }, (_, i) => `${device}:${boot}:${fromSeq + i}`),
      ),
    )
    .sort();
