/** What one process of the transport benchmark is asked to do. */
export interface LoadOrder {
  transport: 'lean' | 'official';
  url: string;
  connections: number;
  seconds: number;
  /** Frames per second and connection. */
  rate: number;
}

/** What the echo server says of itself, on being asked. */
export interface ServerReport {
  cpuMicros: number;
  answered: number;
}

export interface Memory {
  /** Includes V8's young generation: megabytes that a burst of allocations brings, whatever stays of it. */
  rssBytes: number;
  /** Of that the young generation, which has its own bound (32 MB unless V8 is told otherwise), however many connect. */
  youngBytes: number;
  /** JavaScript heap in use and memory that hangs on it. */
  heapBytes: number;
}

export interface LoadReport {
  kind: 'report';
  cpuMicros: number;
  /** The part of it that the kernel spent on this process's behalf. */
  systemCpuMicros: number;
  /** What the schedule alone costs in as long a time, with all connected and nothing sent. */
  harnessCpuMicros: number;
  sent: number;
  acknowledged: number;
  /** The rest of what was sent in the steady phase. */
  unanswered: number;
  disconnected: number;
  before: Memory;
  /** All connected, nothing sent yet. */
  idle: Memory;
  ackP50Ms: number;
  ackP99Ms: number;
}

/** From the load process to the benchmark. */
export type LoadMessage = { kind: 'steady' } | LoadReport;
