import { createHash } from 'node:crypto';
import type { Archive } from '../../archive/archive.ts';
import type { Model } from '../model.ts';
import type { ModelFile } from '../model-file.ts';
import { ModelFileFault } from '../model-file-fault.ts';
import type { RollOut } from './roll-out.ts';

/** SHA-256 of what a model file says, hexadecimal: spaces and line ends are no part of it. */
export function contentSha256(file: ModelFile): string {
  return createHash('sha256').update(JSON.stringify(file)).digest('hex');
}

/**
 * Documents, steps and everybody who reads them know a model by its version alone. So one that was rolled out as far as a
 * record says, under whatever flags it runs now, must say what it said then; throws a {@link ModelFileFault} where it does not.
 */
export function refuseOtherContent({ version, file }: Model, rollOut: RollOut | null): void {
  const known = rollOut?.contentSha256;
  if (rollOut === null || known === undefined) return;
  const own = contentSha256(file);
  if (own === known) return;
  const says = `The model file of version '${version}' has other content (SHA-256 ${own.slice(0, 12)}...) than the one whose roll-out under this version is ${rollOut.state} in the archive (${known.slice(0, 12)}...), there or at another instance.`;
  throw new ModelFileFault(
    'model_changed',
    says,
    "Give its field 'version' a name of its own, or start with the file that was rolled out.",
  );
}

/** The same of every model that a server starts with. A store that does not answer ends no start. */
export async function refuseRenamed(
  models: readonly (Model | undefined)[],
  archive: Pick<Archive, 'rollOut'>,
  warn: (says: string) => void,
): Promise<void> {
  for (const model of models) {
    if (model === undefined) continue;
    let known: RollOut | null = null;
    try {
      known = await archive.rollOut(model.version);
    } catch (error) {
      // A candidate that takes over is compared again before it speaks of anybody.
      warn(`whether another model was rolled out as ${model.version} could not be read: ${String(error)}`);
    }
    refuseOtherContent(model, known);
  }
}
