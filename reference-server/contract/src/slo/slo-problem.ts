/** What is wrong with an SLO, at which column (the first is 1), and what to write instead. */
export interface SloProblem {
  column: number;
  says: string;
  hint: string;
}
