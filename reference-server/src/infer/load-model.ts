import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Model } from './model.ts';
import { ModelFileFault } from './model-file-fault.ts';
import { parseModelFile } from './parse-model-file.ts';

/** Beside the sources: model files are data, and the compiler copies none. */
const FOLDER = fileURLToPath(new URL('../../src/infer/models/', import.meta.url));
const ENDING = '.json';

const loaded = new Map<string, Model>();

export function builtInModelFile(name: string): string {
  return `${FOLDER}${name}${ENDING}`;
}

/** The built-in model of this name; throws a {@link ModelFileFault} where there is none. Read once. */
export function builtInModel(name: string): Model {
  let model = loaded.get(name);
  if (model === undefined) {
    const names = readdirSync(FOLDER)
      .filter((file) => file.endsWith(ENDING))
      .map((file) => file.slice(0, -ENDING.length))
      .sort();
    if (!names.includes(name)) {
      const says = `No built-in model is called '${name}'.`;
      throw new ModelFileFault('model_unknown', says, `There are: ${names.join(', ')}. Or name a file.`);
    }
    model = loadModelFile(builtInModelFile(name));
    loaded.set(name, model);
  }
  return model;
}

/** The model of a file; throws a {@link ModelFileFault} that names the file and every broken field. */
export function loadModelFile(file: string): Model {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const says = `The model file ${file} cannot be read: ${(error as Error).message}.`;
    throw new ModelFileFault('model_unreadable', says, 'Check the path.', error);
  }
  return new Model(parseModelFile(text, file));
}

/** The model that settings ask for: of a file where one is named, else a built-in one. */
export function loadModel({ name, file }: { name: string; file?: string | undefined }): Model {
  return file === undefined ? builtInModel(name) : loadModelFile(file);
}
