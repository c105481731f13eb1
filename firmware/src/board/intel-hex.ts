import { FLASH_BYTES } from './chip.ts';

/** Says why a text is not a program for this board: which line, what is wrong, and what to do. */
export class HexFault extends Error {
  override readonly name = 'HexFault';
  /** Counts from 1; 0: the file as a whole. */
  readonly line: number;

  constructor(file: string, line: number, says: string) {
    super(line > 0 ? `${file}:${line}: ${says}` : `${file}: ${says}`);
    this.line = line;
  }
}

/** A program as it lies in flash. Nothing writes it, so any number of boards share one. */
export interface Program {
  /** The whole flash, 16-bit words; what the file leaves out is erased (0xFFFF). */
  readonly words: Uint16Array;
  /** The bytes up to the last one that the file gives. */
  readonly bytes: number;
}

const RECORD = { data: 0, end: 1, segment: 2, startSegment: 3, linear: 4, startLinear: 5 } as const;
/** Length, address (2), type and checksum: what a record has besides its data. */
const FRAMING_BYTES = 5;

/** Reads a program in Intel HEX. `file` names it in errors. Throws {@link HexFault}. */
export function parseIntelHex(text: string, file = 'program'): Program {
  const flash = new Uint8Array(FLASH_BYTES).fill(0xff);
  const given = new Uint8Array(FLASH_BYTES);
  const lineOf = new Map<number, number>();
  let base = 0;
  let bytes = 0;
  let ended = false;
  for (const [index, raw] of text.split('\n').entries()) {
    const line = index + 1;
    const trimmed = raw.trim();
    if (trimmed === '') continue;
    if (ended) throw new HexFault(file, line, 'a record behind the end record; two files in one?');
    const record = parseRecord(trimmed, file, line);
    const address = (record[1]! << 8) | record[2]!;
    const data = record.subarray(4, -1);
    switch (record[3]) {
      case RECORD.data:
        store(base + address, data);
        break;
      case RECORD.end:
        ended = true;
        break;
      case RECORD.segment:
        base = wordOf(data) * 16;
        break;
      case RECORD.linear:
        base = wordOf(data) * 0x10000;
        break;
      // Where a PC's program begins. This chip begins at 0.
      case RECORD.startSegment:
      case RECORD.startLinear:
        break;
      default:
        throw new HexFault(file, line, `record type ${record[3]} is none of 0 to 5`);
    }

    function store(from: number, values: Uint8Array): void {
      if (from + values.length > FLASH_BYTES) {
        throw new HexFault(
          file,
          line,
          `address 0x${(from + values.length - 1).toString(16)} lies beyond the ATmega328P's flash ` +
            `(${FLASH_BYTES} bytes): a program for another chip? Build it with -mmcu=atmega328p`,
        );
      }
      for (const [i, value] of values.entries()) {
        if (given[from + i] === 1) {
          throw new HexFault(file, line, `address 0x${(from + i).toString(16)} is given a second time`);
        }
        given[from + i] = 1;
        flash[from + i] = value;
      }
      lineOf.set(from, line);
      bytes = Math.max(bytes, from + values.length);
    }

    function wordOf(values: Uint8Array): number {
      if (values.length !== 2) {
        throw new HexFault(file, line, `an address record has 2 bytes of data, not ${values.length}`);
      }
      return (values[0]! << 8) | values[1]!;
    }
  }
  if (!ended) throw new HexFault(file, 0, 'has no end record (:00000001FF); it was cut off, take it anew');
  if (bytes === 0) throw new HexFault(file, 0, 'holds no program');
  const lost = lostRecord(given.subarray(0, bytes));
  if (lost !== undefined) {
    const { from, to } = lost;
    throw new HexFault(
      file,
      lineOf.get(to) ?? 0,
      `begins at 0x${to.toString(16)}, and nothing gives the ${to - from} bytes from 0x${from.toString(16)} on: a line was lost; take the file anew`,
    );
  }
  return { words: wordsOf(flash), bytes };
}

/** A page of flash: what is linked apart, as a boot loader is, begins with one (64 words: data sheet of the ATmega328P, Page Size). */
const PAGE_BYTES = 128;
/** Bytes that a linker may leave between sections, to align them. */
const ALIGNMENT_BYTES = 8;

/** The first hole in a program that no linker leaves: its lines would all be sound, and the chip would run into erased flash. */
function lostRecord(given: Uint8Array): { from: number; to: number } | undefined {
  // A program that begins later lacks its vectors, which `foreignVectors` tells.
  for (let from = given.indexOf(0, given.indexOf(1)); from >= 0; ) {
    const to = given.indexOf(1, from);
    const bytes = to - from;
    if (bytes >= ALIGNMENT_BYTES && (bytes < PAGE_BYTES || to % PAGE_BYTES !== 0)) return { from, to };
    from = given.indexOf(0, to);
  }
  return undefined;
}

/** A program from plain bytes, as an assembler gives them. */
export function programOf(bytes: Uint8Array): Program {
  if (bytes.length > FLASH_BYTES) {
    throw new RangeError(`a program of ${bytes.length} bytes does not fit ${FLASH_BYTES} bytes of flash`);
  }
  const flash = new Uint8Array(FLASH_BYTES).fill(0xff);
  flash.set(bytes);
  return { words: wordsOf(flash), bytes: bytes.length };
}

/** The bytes of a program up to the last one that its file gives: what its hash is of, and what a modem downloads. */
export function bytesOf({ words, bytes }: Program): Uint8Array {
  return new Uint8Array(words.buffer, words.byteOffset, bytes).slice();
}

/** The bytes of one line, checked against its own length and checksum. */
function parseRecord(line: string, file: string, number: number): Uint8Array {
  if (!line.startsWith(':')) throw new HexFault(file, number, "does not begin with ':'; is it Intel HEX?");
  const digits = line.slice(1);
  const wrong = digits.search(/[^0-9a-fA-F]/);
  if (wrong >= 0) {
    throw new HexFault(file, number, `'${digits[wrong]}' in column ${wrong + 2} is no hexadecimal digit`);
  }
  if (digits.length % 2 === 1)
    throw new HexFault(file, number, 'half a byte at the end; the line was cut off');
  const record = Uint8Array.from({ length: digits.length / 2 }, (_, i) =>
    Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16),
  );
  if (record.length < FRAMING_BYTES || record.length !== record[0]! + FRAMING_BYTES) {
    throw new HexFault(
      file,
      number,
      `says ${record[0] ?? 0} bytes of data and has ${Math.max(0, record.length - FRAMING_BYTES)}`,
    );
  }
  const sum = record.reduce((total, byte) => (total + byte) & 0xff, 0);
  if (sum !== 0) {
    const last = record[record.length - 1]!;
    const right = (last - sum) & 0xff;
    throw new HexFault(
      file,
      number,
      `checksum ${hexByte(last)} should be ${hexByte(right)}; the line is damaged`,
    );
  }
  return record;
}

const hexByte = (value: number): string => value.toString(16).padStart(2, '0').toUpperCase();

function wordsOf(flash: Uint8Array): Uint16Array {
  // Through a view, so that the words are right whatever the order of bytes of this machine.
  const view = new DataView(flash.buffer);
  return Uint16Array.from({ length: FLASH_BYTES / 2 }, (_, i) => view.getUint16(2 * i, true));
}

const JMP = 0x940c;
const RJMP = 0xc000;
const NOP = 0;
/** Reset and 25 interrupts. */
const VECTORS = 26;

/**
 * Why a program that fits the flash is still one for another chip, or `undefined`: a program that avr-libc started
 * begins with two words for each interrupt of its chip, `jmp` or `rjmp` and `nop`.
 */
export function foreignVectors({ words }: Program): string | undefined {
  let vectors = 0;
  while (isVector(words[2 * vectors], words[2 * vectors + 1])) vectors++;
  if (vectors === VECTORS) return undefined;
  return (
    `has a table of ${vectors} interrupt vectors, and the ATmega328P has ${VECTORS}: a program for another chip? ` +
    'Build it with -mmcu=atmega328p'
  );
}

function isVector(first = NOP, second = NOP): boolean {
  return first === JMP || ((first & 0xf000) === RJMP && second === NOP);
}
