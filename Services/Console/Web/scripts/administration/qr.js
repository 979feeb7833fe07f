// QR codes (ISO/IEC 18004): bytes, error correction level M, versions 1 to 12, which is 287 bytes.

/** By version: check bytes a block, then [blocks, data bytes] of its one or two groups. */
const VERSIONS = [
  [10, [1, 16]], [16, [1, 28]], [26, [1, 44]], [18, [2, 32]], [24, [2, 43]], [16, [4, 27]], [18, [4, 31]], [22, [2, 38], [2, 39]],
    [22, [3, 36], [2, 37]],
  [26, [4, 43], [1, 44]], [30, [1, 50], [4, 51]], [22, [6, 36], [2, 37]],
];
const MASKS = [
  (y, x) => (y + x) % 2, (y) => y % 2, (y, x) => x % 3, (y, x) => (y + x) % 3, (y, x) => ((y >> 1) + Math.floor(x / 3)) % 2,
    (y, x) => ((y * x) % 2) + ((y * x) % 3),
  (y, x) => (((y * x) % 2) + ((y * x) % 3)) % 2, (y, x) => (((y + x) % 2) + ((y * x) % 3)) % 2,
];
const [EXP, LOG] = [new Uint8Array(512), new Uint8Array(256)];
for (let power = 0, value = 1; power < 255; power += 1) {
  EXP[power] = EXP[power + 255] = value;
  LOG[value] = power;
  value = (value << 1) ^ (value & 128 ? 0x11d : 0);
}

/** Rows of dark (true) and light modules; null when the text is too long. */
export function qr(text) {
  const bytes = [...new TextEncoder().encode(text)];
  const room = ([, ...groups]) => groups.reduce((all, [blocks, size]) => all + blocks * size, 0);
  const version = VERSIONS.findIndex((one, at) => room(one) * 8 >= 4 + (at < 9 ? 8 : 16) + bytes.length * 8) + 1;
  if (!version) return null;
  const bits = [];
  const add = (value, count) => { for (let at = count - 1; at >= 0; at -= 1) bits.push((value >> at) & 1); };
  add(4, 4);
  add(bytes.length, version < 10 ? 8 : 16);
  bytes.forEach((byte) => add(byte, 8));
  const size = room(VERSIONS[version - 1]);
  add(0, Math.min(4, size * 8 - bits.length));
  add(0, (8 - (bits.length % 8)) % 8);
  const data = Array.from({ length: bits.length / 8 }, (_, at) => parseInt(bits.slice(at * 8, at * 8 + 8).join(""), 2));
  for (let pad = 0xec; data.length < size; pad ^= 0xfd) data.push(pad);
  const drawn = MASKS.map((_, mask) => draw(version, interleave(data, VERSIONS[version - 1]), mask));
  return drawn.reduce((best, one) => (penalty(one) < penalty(best) ? one : best));
}

function interleave(data, [checks, ...groups]) {
  const divisor = generator(checks);
  let at = 0;
  const blocks = groups.flatMap(([count, size]) => Array.from({ length: count }, () => data.slice(at, (at += size))));
  const extra = blocks.map((block) => remainder(block, divisor));
  const columns = (lists) => Array.from({ length: Math.max(...lists.map((list) => list.length)) },
    (_, row) => lists.map((list) => list[row])).flat();
  return [...columns(blocks), ...columns(extra)].filter((byte) => byte !== undefined);
}

const times = (a, b) => (a && b ? EXP[LOG[a] + LOG[b]] : 0);

/** The factors of the generating polynomial, the leading one left out. */
function generator(degree) {
  let all = [1];
  for (let root = 0; root < degree; root += 1) all = [...all, 0].map((value, at) => value ^ times(all[at - 1] ?? 0, EXP[root]));
  return all.slice(1);
}

function remainder(block, divisor) {
  const rest = new Array(divisor.length).fill(0);
  for (const byte of block) {
    const factor = byte ^ rest.shift();
    rest.push(0);
    divisor.forEach((value, at) => (rest[at] ^= times(value, factor)));
  }
  return rest;
}

function draw(version, words, mask) {
  const size = version * 4 + 17;
  const dark = Array.from({ length: size }, () => new Array(size).fill(null));
  const finder = (top, left) => {
    for (let y = -1; y <= 7; y += 1) for (let x = -1; x <= 7; x += 1) {
      const ring = Math.max(Math.abs(y - 3), Math.abs(x - 3));
      if (dark[top + y]?.[left + x] !== undefined) dark[top + y][left + x] = ring !== 2 && ring !== 4;
    }
  };
  finder(0, 0);
  finder(0, size - 7);
  finder(size - 7, 0);
  for (const cy of marks(version, size)) for (const cx of marks(version, size)) {
    if (dark[cy][cx] !== null) continue;
    for (let y = -2; y <= 2; y += 1) for (let x = -2; x <= 2; x += 1) dark[cy + y][cx + x] = Math.max(Math.abs(y), Math.abs(x)) !== 1;
  }
  for (let at = 8; at < size - 8; at += 1) dark[6][at] = dark[at][6] = at % 2 === 0;
  information(dark, version, mask, size);
  fill(dark, words, mask, size);
  return dark;
}

/** Where alignment marks stand; those at the finders are left out by who draws them. */
function marks(version, size) {
  if (version === 1) return [];
  return version < 7 ? [6, size - 7] : [6, (size - 1) / 2, size - 7];
}

function checked(value, count, polynomial) {
  let rest = value;
  const high = Math.floor(Math.log2(polynomial));
  for (let at = 0; at < high; at += 1) rest = (rest << 1) ^ ((rest >> (high - 1)) * polynomial);
  return { bits: (value << high) | (rest & ((1 << high) - 1)), count };
}

function information(dark, version, mask, size) {
  const format = checked(mask, 15, 0x537).bits ^ 0x5412;
  for (let at = 0; at < 15; at += 1) {
    const bit = Boolean((format >> at) & 1);
    dark[at < 6 ? at : at < 8 ? at + 1 : size - 15 + at][8] = bit;
    dark[8][at < 8 ? size - 1 - at : at === 8 ? 7 : 14 - at] = bit;
  }
  dark[size - 8][8] = true;
  if (version < 7) return;
  const { bits } = checked(version, 18, 0x1f25);
  for (let at = 0; at < 18; at += 1) {
    const [far, near] = [size - 11 + (at % 3), Math.floor(at / 3)];
    dark[far][near] = dark[near][far] = Boolean((bits >> at) & 1);
  }
}

/** Two columns at a time from the right, up and down in turn, past the upright timing line. */
function fill(dark, words, mask, size) {
  let at = 0;
  for (let right = size - 1, up = true; right > 0; right -= 2, up = !up) {
    if (right === 6) right = 5;
    for (let step = 0; step < size; step += 1) for (const x of [right, right - 1]) {
      const y = up ? size - 1 - step : step;
      if (dark[y][x] !== null) continue;
      const bit = Boolean(((words[at >> 3] ?? 0) >> (7 - (at & 7))) & 1);
      dark[y][x] = bit !== (MASKS[mask](y, x) === 0);
      at += 1;
    }
  }
}

/** Long runs, blocks, things that look like finders, and an unbalanced whole are hard to read. */
function penalty(dark) {
  const lines = [...dark, ...dark.map((_, x) => dark.map((row) => row[x]))].map((line) => line.map(Number).join(""));
  const runs = lines.flatMap((line) => line.match(/0{5,}|1{5,}/g) ?? []).reduce((all, run) => all + run.length - 2, 0);
  const finders = lines.reduce((all, line) => all + (line.match(/(?=00001011101|10111010000)/g) ?? []).length, 0);
  let blocks = 0;
  for (let y = 1; y < dark.length; y += 1) for (let x = 1; x < dark.length; x += 1)
    if (dark[y][x] === dark[y - 1][x] && dark[y][x] === dark[y][x - 1] && dark[y][x] === dark[y - 1][x - 1]) blocks += 1;
  const share = dark.flat().filter(Boolean).length / dark.length ** 2;
  return runs + 3 * blocks + 40 * finders + 10 * Math.floor(Math.abs(share - .5) * 20);
}
