import type { RunRecord } from '@gaitway/contract';
import { canariesLine, gradesLine, pipelineLines } from '@gaitway/dashboards';

/** What every summary of a run ends with: how right the answers were, who gave them, what the chips did, and notes. */
export function answerLines({ grades, canaries, pipeline, notes }: RunRecord): string[] {
  return [
    gradesLine(grades),
    ...(canaries ? [canariesLine(canaries)] : []),
    ...(pipeline ? pipelineLines(pipeline) : []),
    ...(notes ?? []).map((note) => `Note: ${note}`),
  ];
}
