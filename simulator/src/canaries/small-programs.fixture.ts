/**
 * A program whose 26 interrupts lead to `main` at word 52, and as Intel HEX. Instructions are words of the AVR's
 * manual ("AVR Instruction Set Manual").
 */
export function hexOf(main: readonly number[], vectors: ReadonlyMap<number, number> = new Map()): string {
  const words = Array.from({ length: VECTORS }, (_, i) => [JMP, vectors.get(i) ?? MAIN_AT]).flat();
  const bytes = [...words, ...main].flatMap((word) => [word & 0xff, word >> 8]);
  const rows: string[] = [];
  for (let at = 0; at < bytes.length; at += 16) rows.push(record(0, at, bytes.slice(at, at + 16)));
  return [...rows, record(1, 0, []), ''].join('\n');
}

/** Does nothing from its start on. */
export const LOOP: readonly number[] = [0xcfff];

const VECTORS = 26;
const MAIN_AT = 2 * VECTORS;
const JMP = 0x940c;
const TICK_INTERRUPT = 11;

/** Ticks 50 times a second by Timer1, as the wearable does, says nothing, and stops for good at tick `ticks` (at most 255). */
export function stopsAtTick(ticks: number): string {
  const store = (value: number, address: number) => [
    0xe000 | ((value & 0xf0) << 4) | (value & 0x0f),
    0x9300,
    address,
  ];
  const main = [
    // OCR1A = 39,999 at a prescaler of 8: 20 ms.
    ...[...store(0x9c, 0x89), ...store(0x3f, 0x88), ...store(0x0a, 0x81), ...store(0x02, 0x6f)],
    // ldi r20, 0; sei; rjmp .
    ...[0xe040, 0x9478, 0xcfff],
  ];
  // inc r20; cpi r20, ticks; breq to the loop; reti; rjmp .
  const interrupt = [0x9543, 0x3040 | ((ticks & 0xf0) << 4) | (ticks & 0x0f), 0xf009, 0x9518, 0xcfff];
  return hexOf([...main, ...interrupt], new Map([[TICK_INTERRUPT, MAIN_AT + main.length]]));
}

function record(type: number, address: number, data: number[]): string {
  const bytes = [data.length, address >> 8, address & 0xff, type, ...data];
  const sum = bytes.reduce((total, byte) => total + byte, 0);
  const text = [...bytes, -sum & 0xff].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return `:${text.toUpperCase()}`;
}
