import { Register } from '../chip.ts';
import { ALL_FLAGS, Flag } from './flags.ts';
import { INTERRUPT_WAITS, SP, type Straight, setWord, straight, word } from './instruction.ts';

const SREG = 95;
/**
 * Registers that only hold what the bus left there: nothing happens when they are read, and nothing changes them within
 * a trace. An interrupt of the bus reads them for each byte.
 */
const HELD: ReadonlySet<number> = new Set([Register.TWSR, Register.TWDR]);

/** The status and the stack's pointer, read and written: what interrupts and functions begin and end with. */
export function ownRegister(op: number): Straight | undefined {
  if ((op & 0xf000) !== 0xb000) return undefined;
  const D = (op >> 4) & 31;
  const address = 32 + ((op & 15) | ((op >> 5) & 0x30));
  const writes = (op & 0x800) !== 0;
  if (address === SREG)
    return writes
      ? straight(`s=d[${D}];`, { leftIf: `d[${D}]&${Flag.I}&&${INTERRUPT_WAITS}` })
      : straight(`d[${D}]=s;`, { needs: ALL_FLAGS });
  if (address !== SP && address !== SP + 1) return undefined;
  return straight(writes ? `d[${address}]=d[${D}];` : `d[${D}]=d[${address}];`);
}

/** An instruction that reads or writes memory; `next` is the word behind it. */
export function memory(op: number, next: number): Straight | undefined {
  const D = (op >> 4) & 31;
  const stores = (op & 0x200) !== 0;
  const access = (address: string, before = '', after = ''): Straight => {
    // A register, or beyond the SRAM, where avr8js has its own ways.
    const leftIf = `(A=${address})<256||A>=d.length`;
    return stores
      ? straight(`b=d[${D}];${before}d[A]=b;${after}`, { leftIf, cycles: 2 })
      : straight(`${before}d[${D}]=d[A];${after}`, { leftIf, cycles: 2 });
  };
  if ((op & 0xd000) === 0x8000) {
    const displacement = (op & 7) | ((op >> 7) & 0x18) | ((op >> 8) & 0x20);
    return access(`${word((op & 8) !== 0 ? 28 : 30)}+${displacement}`);
  }
  if ((op & 0xfc00) !== 0x9000)
    return op === 0x95c8 ? straight(`d[0]=p[${word(30)}];`, { cycles: 3 }) : undefined;
  switch (op & 15) {
    case 0:
      // An address that is known: most registers' are left to avr8js here already.
      return next < 256 && (stores || !HELD.has(next)) ? undefined : constantAccess(D, next, stores);
    case 1:
      return access(word(30), '', setWord(30, 'A+1'));
    case 2:
      return access(`${word(30)}-1`, setWord(30, 'A'));
    case 9:
      return access(word(28), '', setWord(28, 'A+1'));
    case 10:
      return access(`${word(28)}-1`, setWord(28, 'A'));
    case 12:
      return access(word(26));
    case 13:
      return access(word(26), '', setWord(26, 'A+1'));
    case 14:
      return access(`${word(26)}-1`, setWord(26, 'A'));
    case 4:
      return stores ? undefined : straight(`d[${D}]=p[${word(30)}];`, { cycles: 3 });
    case 5:
      return stores ? undefined : straight(`q=${word(30)};d[${D}]=p[q];${setWord(30, 'q+1')}`, { cycles: 3 });
    case 15:
      return stores
        ? straight(`q=${word(SP)};d[q]=d[${D}];${setWord(SP, 'q-1')}`, { cycles: 2 })
        : straight(`q=${word(SP)}+1;${setWord(SP, 'q')}d[${D}]=d[q];`, { cycles: 2 });
    default:
      return undefined;
  }
}

function constantAccess(register: number, address: number, stores: boolean): Straight {
  const source = stores ? `d[${address}]=d[${register}];` : `d[${register}]=d[${address}];`;
  return straight(source, { cycles: 2, words: 2 });
}
