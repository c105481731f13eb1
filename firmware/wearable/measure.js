// Prints what an image needs, and fails when static RAM and the deepest stack do not fit together.
//
//     node measure.js <name> <elf> <bytes of RAM>
//
// The stack is computed, not measured: from the disassembly, every function's pushes and frame, along the deepest way
// from main, and the deepest interrupt on top of it. Interrupts do not nest. There are no calls through pointers; one
// that came would be named, and the build fail.
import { execFileSync } from 'node:child_process';

const [name, elf, ramBytes] = process.argv.slice(2);
const RETURN_ADDRESS_BYTES = 2;
/** Where the linker puts the RAM and the EEPROM. */
const RAM_AT = 0x800100;
const EEPROM_AT = 0x810000;

const run = (tool, ...args) => execFileSync(tool, [...args, elf], { encoding: 'utf8' });

/** Sizes and addresses of the sections, by name. */
const sections = Object.fromEntries(
  [...run('avr-size', '-A').matchAll(/^(\.\w+)\s+(\d+)\s+(\d+)/gm)].map(([, section, bytes, address]) => [
    section,
    { bytes: Number(bytes), address: Number(address) },
  ]),
);
const flashBytes = sections['.text'].bytes + (sections['.data']?.bytes ?? 0);
// Up to the end of the last section, so that a gap between two of them counts.
const staticBytes = Math.max(
  ...Object.values(sections)
    .filter(({ address }) => address >= RAM_AT && address < EEPROM_AT)
    .map(({ address, bytes }) => address + bytes - RAM_AT),
);

const constantOf = (operands) => Number(/, (0x[0-9a-f]+|\d+)/i.exec(operands)[1]);

/** Of each function: bytes of its own, and whom it calls. */
const functions = new Map();
let current;
let low;
let last;
for (const line of run('avr-objdump', '-d', '--no-show-raw-insn').split('\n')) {
  const head = /^[0-9a-f]+ <(.+)>:$/.exec(line);
  if (head) {
    // Where the library's functions run into each other.
    if (current && !/^(ret|reti|jmp|rjmp|ijmp)$/.test(last))
      current.calls.add({ target: head[1], isCall: false });
    current = { ownBytes: 0, calls: new Set(), name: head[1] };
    functions.set(head[1], current);
    continue;
  }
  const [, instruction, operands = ''] = /^\s+[0-9a-f]+:\s+(\w+)\s*(.*)$/.exec(line) ?? [];
  if (!instruction || !current) continue;
  last = instruction;
  const target = /<([^+>]+)>/.exec(operands)?.[1];
  if (instruction === 'push') current.ownBytes += 1;
  else if (instruction === 'rcall' && operands.startsWith('.+0')) current.ownBytes += RETURN_ADDRESS_BYTES;
  // A frame is taken off Y and goes back by adding, which is a subtraction of a negative number.
  else if (instruction === 'sbiw' && operands.startsWith('r28')) current.ownBytes += constantOf(operands);
  else if (instruction === 'subi' && operands.startsWith('r28')) low = constantOf(operands);
  else if (instruction === 'sbci' && operands.startsWith('r29')) {
    const bytes = (constantOf(operands) << 8) | low;
    if (bytes < 0x8000) current.ownBytes += bytes;
  } else if (instruction === 'icall')
    throw new Error(`${name}: ${current.name} calls through a pointer: its stack is not known`);
  if (/^(r?call|r?jmp|br..)$/.test(instruction) && target !== undefined && target !== current.name) {
    current.calls.add({ target, isCall: instruction.endsWith('call') });
  }
}

const known = new Map();
/** The deepest way from a function on: bytes, and the functions on it. */
function deepest(from, above = []) {
  const seen = above.findIndex(({ target }) => target === from);
  if (seen >= 0) {
    // A loop of jumps between labels of the library takes no stack; one with a call in it is a recursion.
    if (!above.slice(seen).some(({ isCall }) => isCall)) return { bytes: 0, way: [] };
    throw new Error(
      `${name}: ${above.map(({ target }) => target).join(' > ')} > ${from}: its stack has no end`,
    );
  }
  if (known.has(from)) return known.get(from);
  const { ownBytes, calls } = functions.get(from) ?? { ownBytes: 0, calls: [] };
  let best = { bytes: 0, way: [] };
  for (const { target, isCall } of calls) {
    const below = deepest(target, [...above, { target: from, isCall }]);
    const bytes = below.bytes + (isCall ? RETURN_ADDRESS_BYTES : 0);
    if (bytes > best.bytes) best = { bytes, way: below.way };
  }
  const found = { bytes: ownBytes + best.bytes, way: [from, ...best.way] };
  known.set(from, found);
  return found;
}

const main = deepest('main');
const vectors = [...functions.keys()].filter((key) => /^__vector_\d+$/.test(key)).map((key) => deepest(key));
const interrupt = vectors.reduce((a, b) => (b.bytes > a.bytes ? b : a));
// main is called by the start-up code.
const stackBytes = RETURN_ADDRESS_BYTES + main.bytes + RETURN_ADDRESS_BYTES + interrupt.bytes;
const total = staticBytes + stackBytes;

console.log(
  `${name}: flash ${flashBytes} B of 32768, static RAM ${staticBytes} B, deepest stack ${stackBytes} B ` +
    `(computed: ${main.way.join(' > ')}, then ${interrupt.way.join(' > ')}), together ${total} B of ${ramBytes}`,
);
if (total > Number(ramBytes)) {
  console.error(`${name}: static RAM and stack do not fit`);
  process.exitCode = 1;
}
