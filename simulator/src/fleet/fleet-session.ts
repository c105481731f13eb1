/** One device of a fleet as the fleet drives it: by two timers, and by the end of the run. */
export interface FleetSession {
  /** One of this device's timers fired. */
  fired(timer: number): void;
  /** The run is over: what is still held will not be acknowledged. Nothing happens afterwards. */
  finish(): void;
}
