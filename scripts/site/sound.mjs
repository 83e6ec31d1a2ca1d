// The sound for a new alert: two short tones, as a WAV file of one channel with 8 bits a sample.

const RATE = 16_000;
/** Hertz, where it begins and how long it takes to fade to a third, both in seconds. */
const TONES = [
  { pitch: 660, from: 0, fades: 0.12 },
  { pitch: 880, from: 0.16, fades: 0.16 },
];
const SECONDS = 0.7;
/** Of the whole range, so that both tones together stay within it. */
const LOUD = 0.45;
/** Seconds in which a tone begins: at once would be a click. */
const RISES = 0.006;

function level(at) {
  return TONES.filter(({ from }) => at >= from).reduce((sum, { pitch, from, fades }) => {
    const since = at - from;
    return sum + LOUD * Math.min(1, since / RISES) * Math.exp(-since / fades) * Math.sin(2 * Math.PI * pitch * since);
  }, 0);
}

/** The file. */
export function newAlert() {
  const samples = Buffer.from(Array.from({ length: RATE * SECONDS }, (_, n) => Math.round(128 + 127 * level(n / RATE))));
  const head = Buffer.alloc(44);
  head.write("RIFF", 0);
  head.writeUInt32LE(36 + samples.length, 4);
  head.write("WAVEfmt ", 8);
  head.writeUInt32LE(16, 16); // the length of what follows
  head.writeUInt16LE(1, 20); // plain samples
  head.writeUInt16LE(1, 22); // one channel
  head.writeUInt32LE(RATE, 24);
  head.writeUInt32LE(RATE, 28); // bytes a second
  head.writeUInt16LE(1, 32); // bytes a sample
  head.writeUInt16LE(8, 34); // bits a sample
  head.write("data", 36);
  head.writeUInt32LE(samples.length, 40);
  return Buffer.concat([head, samples]);
}
