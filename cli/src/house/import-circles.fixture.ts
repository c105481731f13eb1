import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Which files each file of a folder imports: when it runs, for a type alone, or later. */
export type ImportGraph = ReadonlyMap<string, readonly string[]>;

/** Behind `from`, or behind `import` with or without a bracket: a file beside or above or below this one. */
const IMPORT = /\b(?:from|import)\s*\(?\s*['"](\.{1,2}\/[^'"]+)['"]/g;

/** The imports among the TypeScript files under a folder, with paths that begin in it. */
export function importGraphOf(folder: string): ImportGraph {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.ts'),
  );
  const known = new Set(files);
  return new Map(
    files.sort().map((file) => {
      const found = readFileSync(join(folder, file), 'utf8').matchAll(IMPORT);
      const imported = new Set([...found].map((match) => join(dirname(file), match[1]!)));
      // What is no file is text in a test, or a comment.
      return [file, [...imported].filter((path) => known.has(path))];
    }),
  );
}

/** Circles of a graph, each from a file back to it. Not all there are, but none only where there is none. */
export function circlesIn(graph: ImportGraph): string[] {
  const circles: string[] = [];
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (file: string) => {
    const at = path.indexOf(file);
    if (at >= 0) circles.push([...path.slice(at), file].join(' -> '));
    else if (!done.has(file)) {
      path.push(file);
      for (const imported of graph.get(file) ?? []) visit(imported);
      path.pop();
      done.add(file);
    }
  };
  for (const file of graph.keys()) visit(file);
  return circles;
}
